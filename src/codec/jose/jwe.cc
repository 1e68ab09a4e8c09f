#include "codec/jose/jwe.h"

#include <algorithm>

#include "base/base64url_into.h"
#include "base/declassify.h"
#include "crypto/aes.h"
#include "crypto/digest.h"
#include "latchkey/secret.h"

namespace latchkey::codec {
namespace {

using crypto::Bytes;
using crypto::Hash;

constexpr JweEncryption kEncryptions[] = {
    {"A128GCM", 16, crypto::kGcmNonce, crypto::kGcmTag, std::nullopt},
    {"A192GCM", 24, crypto::kGcmNonce, crypto::kGcmTag, std::nullopt},
    {"A256GCM", 32, crypto::kGcmNonce, crypto::kGcmTag, std::nullopt},
    {"A128CBC-HS256", 32, crypto::kAesBlock, 16, Hash::sha256},
    {"A192CBC-HS384", 48, crypto::kAesBlock, 24, Hash::sha384},
    {"A256CBC-HS512", 64, crypto::kAesBlock, 32, Hash::sha512},
};

// cbc_tag writes the first half of the MAC (RFC 7518, section 5.2.2.1).
void cbc_tag(const JweEncryption& encryption, Bytes key, const JweParts& parts,
             std::span<std::uint8_t> tag) noexcept {
  std::array<std::uint8_t, 8> bits{};
  std::uint64_t length = parts.associated.size() * 8;
  for (auto it = bits.rbegin(); it != bits.rend(); ++it, length >>= 8) {
    *it = static_cast<std::uint8_t>(length);
  }
  std::array<std::uint8_t, crypto::kMaxDigestBytes> mac;
  const crypto::HmacKey mac_key{*encryption.hash, key.first(key.size() / 2)};
  mac_key.mac({crypto::as_bytes(parts.associated), parts.iv, parts.ciphertext, bits}, mac);
  std::copy_n(mac.begin(), tag.size(), tag.begin());
}

std::uint8_t* bytes_of(std::string& text) noexcept {
  return reinterpret_cast<std::uint8_t*>(text.data());
}

}  // namespace

const JweEncryption* find_jwe_encryption(std::string_view name) noexcept {
  const auto* const it = std::find_if(std::begin(kEncryptions), std::end(kEncryptions),
                                      [&](const JweEncryption& e) { return e.name == name; });
  return it == std::end(kEncryptions) ? nullptr : it;
}

std::optional<std::string> jwe_decrypt_content(const JweEncryption& encryption, Bytes key,
                                               const JweParts& parts) {
  std::string plain(parts.ciphertext.size(), '\0');
  if (!encryption.hash) {
    if (!crypto::aes_gcm_decrypt(key, parts.iv, crypto::as_bytes(parts.associated),
                                 parts.ciphertext, parts.tag, bytes_of(plain))) {
      return std::nullopt;
    }
    return plain;
  }
  std::array<std::uint8_t, 32> tag;
  const std::span<std::uint8_t> wanted{tag.data(), encryption.tag_bytes};
  cbc_tag(encryption, key, parts, wanted);
  if (!declassified(equal_ct(wanted, parts.tag))) return std::nullopt;
  const auto size = crypto::aes_cbc_decrypt(key.last(key.size() / 2), parts.iv, parts.ciphertext,
                                            {bytes_of(plain), plain.size()});
  if (!size) return std::nullopt;
  plain.resize(*size);
  return plain;
}

Result<std::string> jwe_compact(const JweEncryption& encryption, Bytes key,
                                std::string_view encoded_header, std::string_view plain,
                                Entropy& entropy) {
  std::array<std::uint8_t, crypto::kAesBlock> random;
  const std::span<std::uint8_t> iv{random.data(), encryption.iv_bytes};
  if (const Result<void> filled = entropy.fill(iv); !filled) return filled.error();
  const bool cbc = encryption.hash.has_value();
  std::string cipher(cbc ? crypto::cbc_padded_size(plain.size()) : plain.size(), '\0');
  std::array<std::uint8_t, 32> tag_bytes;
  const std::span<std::uint8_t> tag{tag_bytes.data(), encryption.tag_bytes};
  const std::span<std::uint8_t> out{bytes_of(cipher), cipher.size()};
  const bool encrypted =
      cbc ? crypto::aes_cbc_encrypt(key.last(key.size() / 2), iv, crypto::as_bytes(plain), out)
          : crypto::aes_gcm_encrypt(key, iv, crypto::as_bytes(encoded_header),
                                    crypto::as_bytes(plain), out.data(), tag);
  if (!encrypted) return Error{Errc::crypto_unavailable, "the cipher refused"};
  if (cbc) cbc_tag(encryption, key, {iv, out, {}, encoded_header}, tag);

  std::string token;
  token.resize(encoded_header.size() + 2 + base64url_size(iv.size()) + 1 +
                   base64url_size(out.size()) + 1 + base64url_size(tag.size()),
               '.');
  char* to = token.data() + encoded_header.copy(token.data(), encoded_header.size()) + 2;
  to = base64url_encode_into(iv, to) + 1;
  to = base64url_encode_into(out, to) + 1;
  base64url_encode_into(tag, to);
  return token;
}

}  // namespace latchkey::codec
