#include "codec/jose/jws.h"

#include <array>

#include "base/base64url_into.h"
#include "base/declassify.h"
#include "crypto/digest.h"
#include "latchkey/secret.h"

namespace latchkey::codec {
namespace {

// mac_text writes the base64url of the MAC to `out` and returns it.
std::string_view mac_text(std::string_view input, const crypto::HmacKey& key, char* out) noexcept {
  std::array<std::uint8_t, crypto::kMaxDigestBytes> mac;
  const std::size_t size = crypto::digest_size(key.hash());
  key.mac({crypto::as_bytes(input)}, mac);
  const char* const end = base64url_encode_into({mac.data(), size}, out);
  return {out, static_cast<std::size_t>(end - out)};
}

constexpr std::size_t kMaxMacText = base64url_size(crypto::kMaxDigestBytes);

}  // namespace

std::optional<crypto::Hash> jws_hash(std::string_view algorithm) noexcept {
  if (algorithm == "HS256") return crypto::Hash::sha256;
  if (algorithm == "HS384") return crypto::Hash::sha384;
  if (algorithm == "HS512") return crypto::Hash::sha512;
  return std::nullopt;
}

void append_jws_mac(std::string& token, const crypto::HmacKey& key) {
  std::array<char, kMaxMacText> text;
  const std::string_view mac = mac_text(token, key, text.data());
  token.push_back('.');
  token += mac;
}

bool check_jws_mac(std::string_view input, std::string_view signature,
                   const crypto::HmacKey& key) noexcept {
  // The signature, which is public, is decoded: encoding the right MAC would look up its bits in
  // tables.
  std::array<std::uint8_t, kMaxMacText> given;
  const std::size_t size = crypto::digest_size(key.hash());
  if (signature.size() != base64url_size(size)) return false;
  const Base64urlDecoded decoded = base64url_decode_into(signature, given.data());
  std::array<std::uint8_t, crypto::kMaxDigestBytes> mac;
  key.mac({crypto::as_bytes(input)}, mac);
  const bool equal = declassified(equal_ct({mac.data(), size}, {given.data(), size}));
  return equal && decoded.form == Base64urlForm::canonical;
}

}  // namespace latchkey::codec
