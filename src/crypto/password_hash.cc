#include "crypto/password_hash.h"

#include <argon2.h>

#include <algorithm>
#include <array>
#include <atomic>

#include "crypto/foreign_hash.h"
#include "crypto/stored_hash.h"

namespace latchkey::crypto {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kTagBytes = 32;

std::atomic<std::uint64_t> g_work{0};

argon2_type type_of(StoredHash::Argon2Type type) noexcept {
  if (type == StoredHash::Argon2Type::d) return Argon2_d;
  return type == StoredHash::Argon2Type::i ? Argon2_i : Argon2_id;
}

}  // namespace

std::uint64_t work_of(const Argon2Cost& cost) noexcept {
  return std::uint64_t{cost.memory_kib} * cost.iterations;
}

Result<std::string> hash_password(std::string_view password, const Argon2Cost& cost,
                                  Entropy& entropy) {
  std::array<std::uint8_t, kSaltBytes> salt;
  if (Result<void> drawn = entropy.fill(salt); !drawn) return drawn.error();
  std::string phc(argon2_encodedlen(cost.iterations, cost.memory_kib, cost.parallelism, kSaltBytes,
                                    kTagBytes, Argon2_id),
                  '\0');
  g_work += work_of(cost);
  const int status = argon2id_hash_encoded(cost.iterations, cost.memory_kib, cost.parallelism,
                                           password.data(), password.size(), salt.data(),
                                           salt.size(), kTagBytes, phc.data(), phc.size());
  if (status == ARGON2_MEMORY_ALLOCATION_ERROR) {
    return Error{Errc::overloaded, "no memory to hash a password"};
  }
  if (status != ARGON2_OK) return Error{Errc::crypto_unavailable, argon2_error_message(status)};
  phc.resize(phc.find('\0'));
  return phc;
}

Result<PasswordMatch> verify_password(std::string_view password, const StoredHash& stored) {
  if (stored.work.family != HashFamily::argon2) return verify_foreign(password, stored);
  g_work += stored.work.units;
  const int status = argon2_verify(stored.text.c_str(), password.data(), password.size(),
                                   type_of(stored.argon2_type));
  if (status == ARGON2_OK) return PasswordMatch::match;
  if (status == ARGON2_VERIFY_MISMATCH) return PasswordMatch::mismatch;
  if (status == ARGON2_MEMORY_ALLOCATION_ERROR) {
    return Error{Errc::overloaded, "no memory to hash a password"};
  }
  return Error{Errc::store_damaged, "a stored password hash is malformed"};
}

Result<PasswordMatch> verify_password(std::string_view password, std::string_view hash) {
  const auto stored = StoredHash::read(hash);
  if (stored) return verify_password(password, *stored);
  return Error{Errc::store_damaged,
               "a stored password hash is of no known kind, or not within limits"};
}

bool needs_rehash(const StoredHash& stored, const Argon2Cost& cost, std::string_view pepper_id) {
  constexpr std::uint32_t kVersion = 19;
  return stored.work.family != HashFamily::argon2 ||
         stored.argon2_type != StoredHash::Argon2Type::id || stored.argon2_version != kVersion ||
         stored.argon2 != cost || stored.pepper_id != pepper_id;
}

Argon2Cost cost_of_work(std::uint64_t work, const Argon2Cost& cost) noexcept {
  const std::uint64_t passes =
      std::max<std::uint64_t>((work + cost.memory_kib - 1) / cost.memory_kib, 1);
  const std::uint64_t least = 8 * std::uint64_t{cost.parallelism};
  return Argon2Cost{static_cast<std::uint32_t>(std::max(work / passes, least)),
                    static_cast<std::uint32_t>(passes), cost.parallelism};
}

std::uint64_t argon2_work() noexcept { return g_work; }

}  // namespace latchkey::crypto
