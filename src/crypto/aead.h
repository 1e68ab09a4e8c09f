#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "latchkey/entropy.h"

namespace latchkey::crypto {

using AeadKey = std::array<std::uint8_t, 32>;

// aead_seal encrypts with AES-256-GCM: 12 random octets of nonce, ciphertext, 16 octets of tag.
// With random nonces a key may seal 2^32 messages (SP 800-38D); callers derive a key a message or
// rotate.
Result<std::string> aead_seal(const AeadKey& key, std::string_view plain, std::string_view context,
                              Entropy& entropy);

// aead_open returns the plain text, or nothing when key, context or any bit differs.
std::optional<std::string> aead_open(const AeadKey& key, std::string_view sealed,
                                     std::string_view context);

}  // namespace latchkey::crypto
