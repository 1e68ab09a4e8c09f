#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crypto/hmac_key.h"
#include "latchkey/entropy.h"
#include "latchkey/result.h"

namespace latchkey::codec {

// JweEncryption is a content encryption of RFC 7518, section 5.
struct JweEncryption {
  std::string_view name;
  std::size_t key_bytes;
  std::size_t iv_bytes;
  std::size_t tag_bytes;
  std::optional<crypto::Hash> hash;  // of AES-CBC with HMAC; nothing: AES-GCM
};

// find_jwe_encryption returns the entry for `name`, which lives as long as the program, or nullptr.
const JweEncryption* find_jwe_encryption(std::string_view name) noexcept;

struct JweParts {
  crypto::Bytes iv, ciphertext, tag;
  std::string_view associated;
};

// jwe_decrypt_content returns the plaintext, or nothing when the tag, or anything under it, is
// wrong. Key, IV and tag have their lengths already checked (a CBC tag may have any).
std::optional<std::string> jwe_decrypt_content(const JweEncryption& encryption, crypto::Bytes key,
                                               const JweParts& parts);

// jwe_compact makes `header..iv.ciphertext.tag` of an encoded header.
Result<std::string> jwe_compact(const JweEncryption& encryption, crypto::Bytes key,
                                std::string_view encoded_header, std::string_view plain,
                                Entropy& entropy);

}  // namespace latchkey::codec
