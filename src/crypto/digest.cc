#include "crypto/digest.h"

#include "base/text.h"
#include "crypto/hmac_key.h"

namespace latchkey::crypto {

Digest256 sha256(std::span<const std::uint8_t> data) noexcept {
  Digest256 out;
  digest(Hash::sha256, data, out);
  return out;
}

std::string sha1_hex(std::string_view text) {
  std::array<std::uint8_t, digest_size(Hash::sha1)> digested{};
  digest(Hash::sha1, as_bytes(text), digested);
  std::string out;
  append_hex(out, digested);
  return out;
}

Digest256 hmac_sha256(std::span<const std::uint8_t> key,
                      std::span<const std::uint8_t> data) noexcept {
  Digest256 out;
  HmacKey(Hash::sha256, key).mac({data}, out);
  return out;
}

}  // namespace latchkey::crypto
