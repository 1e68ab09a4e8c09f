#include "crypto/password_hash.h"

#include <argon2.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <optional>

namespace latchkey::crypto {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kTagBytes = 32;

// Reads "<name><number>" off the front of `text`.
bool take(std::string_view& text, std::string_view name, std::uint32_t& number) {
  if (!text.starts_with(name)) return false;
  text.remove_prefix(name.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

std::optional<Argon2Cost> cost_of(std::string_view phc) {
  Argon2Cost cost;
  if (!take(phc, "$argon2id$v=19$m=", cost.memory_kib) || !take(phc, ",t=", cost.iterations) ||
      !take(phc, ",p=", cost.parallelism) || !phc.starts_with("$")) {
    return std::nullopt;
  }
  return cost;
}

std::atomic<std::uint64_t> g_work{0};

std::uint64_t work_of(const Argon2Cost& cost) noexcept {
  return std::uint64_t{cost.memory_kib} * cost.iterations;
}

bool bearable(const Argon2Cost& cost) noexcept {
  return cost.memory_kib <= kMostArgon2Cost.memory_kib &&
         cost.iterations <= kMostArgon2Cost.iterations &&
         cost.parallelism <= kMostArgon2Cost.parallelism;
}

}  // namespace

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

Result<PasswordMatch> verify_password(std::string_view password, const std::string& phc) {
  const auto cost = cost_of(phc);
  if (!cost || !bearable(*cost)) {
    return Error{Errc::store_damaged, "a stored password hash is not Argon2id within limits"};
  }
  g_work += work_of(*cost);
  const int status = argon2id_verify(phc.c_str(), password.data(), password.size());
  if (status == ARGON2_OK) return PasswordMatch::match;
  if (status == ARGON2_VERIFY_MISMATCH) return PasswordMatch::mismatch;
  if (status == ARGON2_MEMORY_ALLOCATION_ERROR) {
    return Error{Errc::overloaded, "no memory to hash a password"};
  }
  return Error{Errc::store_damaged, "a stored password hash is malformed"};
}

bool needs_rehash(const std::string& phc, const Argon2Cost& cost) { return cost_of(phc) != cost; }

std::optional<Argon2Cost> missing_cost(const std::string& phc, const Argon2Cost& cost) {
  const auto done = cost_of(phc);
  if (!done || work_of(*done) >= work_of(cost)) return std::nullopt;
  const std::uint64_t rest = work_of(cost) - work_of(*done);
  const std::uint64_t passes = (rest + cost.memory_kib - 1) / cost.memory_kib;
  const std::uint64_t least = 8 * std::uint64_t{cost.parallelism};
  return Argon2Cost{static_cast<std::uint32_t>(std::max(rest / passes, least)),
                    static_cast<std::uint32_t>(passes), cost.parallelism};
}

std::uint64_t argon2_work() noexcept { return g_work; }

}  // namespace latchkey::crypto
