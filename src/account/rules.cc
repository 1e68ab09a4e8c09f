#include "account/rules.h"

#include <array>

#include "base/utf8.h"
#include "base/wipe_freed.h"
#include "crypto/password_hash.h"
#include "crypto/unicode.h"

namespace latchkey::account {
namespace {

constexpr PasswordCost kFloor{};  // OWASP's minimum: 19 MiB, two passes, one lane

}  // namespace

Rejection shape_of(std::string_view password) noexcept {
  if (password.size() > kMaxPasswordBytes) return Rejection::password_too_long;
  return is_utf8(password) ? Rejection::none : Rejection::password_invalid;
}

Rejection strength_of(std::string_view password) noexcept {
  if (const Rejection shape = shape_of(password); shape != Rejection::none) return shape;
  return count_code_points(password).value_or(0) < kMinPasswordCodePoints
             ? Rejection::password_too_short
             : Rejection::none;
}

Result<void> check_cost(const PasswordCost& cost, bool allow_weak) {
  const bool weak = cost.memory_kib < kFloor.memory_kib || cost.iterations < kFloor.iterations;
  if (weak && !allow_weak) {
    return Error{Errc::bad_config,
                 "password cost is below the floor of 19456 KiB and 2 iterations"};
  }
  if (cost.memory_kib < 8 * cost.parallelism || cost.iterations < 1 || cost.parallelism < 1) {
    return Error{Errc::bad_config, "password cost: Argon2id cannot run with these parameters"};
  }
  const crypto::Argon2Cost& most = crypto::kMostArgon2Cost;
  if (cost.memory_kib > most.memory_kib || cost.iterations > most.iterations ||
      cost.parallelism > most.parallelism) {
    return Error{
        Errc::bad_config,
        "password cost is above 1 GiB, 64 iterations or 64 lanes: no login would check it"};
  }
  return {};
}

Result<UserId> draw_user_id() {
  static constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::array<std::uint8_t, 16> bytes;
  if (Result<void> drawn = system_entropy().fill(bytes); !drawn) return drawn.error();
  std::string text;
  for (std::uint8_t byte : bytes) text += kAlphabet[byte & 31];
  return *UserId::parse(text);
}

Result<std::string> hash_new_password(std::string_view password, const PasswordCost& cost) {
  auto normal = crypto::nfkc(password);
  if (!normal) return Error{Errc::invalid_argument, "the password is not UTF-8"};
  auto phc = crypto::hash_password(*normal, {cost.memory_kib, cost.iterations, cost.parallelism},
                                   system_entropy());
  wipe(normal->data(), normal->size());
  wipe_stack();
  return phc;
}

}  // namespace latchkey::account
