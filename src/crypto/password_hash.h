#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/entropy.h"

namespace latchkey::crypto {

// Argon2Cost are the parameters of Argon2id (RFC 9106).
struct Argon2Cost {
  std::uint32_t memory_kib = 0;
  std::uint32_t iterations = 0;
  std::uint32_t parallelism = 0;
  friend bool operator==(const Argon2Cost&, const Argon2Cost&) = default;
};

// kMostArgon2Cost bounds what a stored hash may ask for, and so what a new one may be made with.
inline constexpr Argon2Cost kMostArgon2Cost{1024 * 1024, 64, 64};

// hash_password returns a PHC string: Argon2id version 1.3, 16 octets of salt, 32 of tag (R72). It
// uses memory_kib of memory and about 15 ms at 19456/2/1.
Result<std::string> hash_password(std::string_view password, const Argon2Cost& cost,
                                  Entropy& entropy);

enum class PasswordMatch : std::uint8_t { match, mismatch };

// verify_password checks a PHC string. A stored hash that is malformed, of another kind, or asks
// for more than kMostArgon2Cost (R74) is Errc::store_damaged, not a mismatch.
Result<PasswordMatch> verify_password(std::string_view password, const std::string& phc);

// needs_rehash tells whether `phc` was made with other parameters.
bool needs_rehash(const std::string& phc, const Argon2Cost& cost);

// missing_cost returns the parameters of the work that a hash at `cost` takes beyond one at the
// parameters of `phc`; nothing when that takes no less.
std::optional<Argon2Cost> missing_cost(const std::string& phc, const Argon2Cost& cost);

// argon2_work counts the work of this process so far: memory in KiB times passes, of every hash
// made and checked.
std::uint64_t argon2_work() noexcept;

}  // namespace latchkey::crypto
