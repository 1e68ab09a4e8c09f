#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "latchkey/authjs.h"
#include "latchkey/entropy.h"
#include "latchkey/result.h"

namespace latchkey {

// JWTs by the rules of the npm package jose 6, for programs that move from it: no claim is
// required, a key has no least length, and the token's header chooses among the algorithms a secret
// fits unless `algorithms` says otherwise. Sessions use the strict rules of jwt.h instead. What
// differs on purpose: base64url is read in its canonical form only. docs/formats/jwt.md

// JoseSeconds is a number of seconds, or text such as "2 hours".
using JoseSeconds = std::variant<double, std::string>;

// JoseOptions are named as jose's.
struct JoseOptions {
  std::optional<std::vector<std::string>> algorithms;                     // JWS `alg`
  std::optional<std::vector<std::string>> key_management_algorithms;      // JWE `alg`
  std::optional<std::vector<std::string>> content_encryption_algorithms;  // JWE `enc`
  std::vector<std::pair<std::string, bool>> crit;  // extensions the caller understands
  std::optional<std::string> typ;
  std::optional<std::vector<std::string>> issuer;    // any one of them
  std::optional<std::vector<std::string>> audience;  // any one of them
  std::optional<std::string> subject;
  std::vector<std::string> required_claims;
  std::optional<JoseSeconds> clock_tolerance;
  std::optional<JoseSeconds> max_token_age;
};

// jose_verify checks a compact JWS (HS256, HS384, HS512). `now` is in seconds; fractions are
// dropped.
JoseOutcome jose_verify(std::string_view token, std::span<const std::uint8_t> key,
                        const JoseOptions& options, double now);

// jose_decrypt opens a compact JWE with direct encryption (`dir`; AES-GCM and AES-CBC with HMAC).
JoseOutcome jose_decrypt(std::string_view token, std::span<const std::uint8_t> key,
                         const JoseOptions& options, double now);

// jose_sign makes a compact JWS of two JSON objects, whose bytes go into it as they are. Fails with
// invalid_argument when they are no objects, or `alg` is none of HS256, HS384, HS512, or without
// key.
Result<std::string> jose_sign(std::string_view header, std::string_view claims,
                              std::span<const std::uint8_t> key);

// jose_encrypt makes a compact JWE; the header says `"alg":"dir"` and an `enc` the key fits.
Result<std::string> jose_encrypt(std::string_view header, std::string_view claims,
                                 std::span<const std::uint8_t> key, Entropy& entropy);

// jose_duration reads "7d", "2 hours from now", "-1.5 minutes": whole seconds, or nothing.
std::optional<double> jose_duration(std::string_view text) noexcept;

}  // namespace latchkey
