#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace latchkey::crypto {

using Digest256 = std::array<std::uint8_t, 32>;

// as_bytes views text as bytes.
inline std::span<const std::uint8_t> as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// sha256 hashes `data` (FIPS 180-4). It cannot fail. OpenSSL's older calls, as in hmac_key.h: they
// cost little more than the compression, and EVP allocates.
Digest256 sha256(std::span<const std::uint8_t> data) noexcept;

// sha1_hex returns SHA-1 in hexadecimal: the name Redis gives to a script, and for nothing else.
std::string sha1_hex(std::string_view text);

// hmac_sha256 computes RFC 2104 over SHA-256. For set-up paths; hot paths keep an HmacKey.
Digest256 hmac_sha256(std::span<const std::uint8_t> key,
                      std::span<const std::uint8_t> data) noexcept;

}  // namespace latchkey::crypto
