#pragma once

#include <cstdint>
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

struct StoredHash;  // crypto/stored_hash.h

// verify_password checks a hash of any kind that StoredHash::read takes. One that it does not take,
// because it is malformed or asks for too much (R74), is Errc::store_damaged, not a mismatch.
Result<PasswordMatch> verify_password(std::string_view password, const StoredHash& stored);
Result<PasswordMatch> verify_password(std::string_view password, std::string_view hash);

// needs_rehash tells whether a new hash at `cost`, with the pepper of this id (empty: with none),
// would be made otherwise.
bool needs_rehash(const StoredHash& stored, const Argon2Cost& cost, std::string_view pepper_id);

// cost_of_work returns parameters, with the memory and lanes of `cost` where that is possible, that
// take `work` KiB times passes.
Argon2Cost cost_of_work(std::uint64_t work, const Argon2Cost& cost) noexcept;

// work_of is memory in KiB times passes.
std::uint64_t work_of(const Argon2Cost& cost) noexcept;

// argon2_work counts the work of this process so far: memory in KiB times passes, of every hash
// made and checked.
std::uint64_t argon2_work() noexcept;

}  // namespace latchkey::crypto
