#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace latchkey::crypto {

// Signatures of keys that others hold: checked here, never made.

inline constexpr std::size_t kP256Coordinate = 32;
inline constexpr std::size_t kP256Signature = 64;
inline constexpr std::size_t kLeastRsaBytes = 256, kMostRsaBytes = 512;

// is_p256_point tells whether x and y (32 octets each, one behind the other) are a point of the
// curve P-256.
bool is_p256_point(std::span<const std::uint8_t> point) noexcept;

// verify_es256 checks ECDSA over P-256 with SHA-256 (RFC 7518 section 3.4): `signature` is r and s,
// 32 octets each, and nothing else is read. False also for a key that is no point of the curve.
bool verify_es256(std::span<const std::uint8_t> point, std::string_view message,
                  std::span<const std::uint8_t> signature) noexcept;

// is_rsa_key tells whether `modulus` has 2048 to 4096 bits, without leading zeros, and `exponent`
// is an odd number from 65537 to 2^32-1 in its shortest form.
bool is_rsa_key(std::span<const std::uint8_t> modulus,
                std::span<const std::uint8_t> exponent) noexcept;

// verify_rs256 checks RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 section 3.3) under a key that
// is_rsa_key takes; `signature` has the length of the modulus.
bool verify_rs256(std::span<const std::uint8_t> modulus, std::span<const std::uint8_t> exponent,
                  std::string_view message, std::span<const std::uint8_t> signature) noexcept;

}  // namespace latchkey::crypto
