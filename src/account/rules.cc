#include "account/rules.h"

#include <array>

#include "account/common_passwords.h"
#include "account/hasher.h"
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

Rejection strength_of(std::string_view password, const PasswordContext& context) {
  if (const Rejection shape = shape_of(password); shape != Rejection::none) return shape;
  if (count_code_points(password).value_or(0) < kMinPasswordCodePoints) {
    return Rejection::password_too_short;
  }
  auto folded = crypto::nfkc_casefold(password);
  if (!folded) return Rejection::password_invalid;
  const std::array<std::string, 2> words{
      crypto::nfkc_casefold(context.username).value_or(std::string{}),
      crypto::nfkc_casefold(context.site).value_or(std::string{})};
  const bool common = is_common_password(*folded) || is_about(*folded, words);
  wipe(folded->data(), folded->size());
  wipe_stack();
  return common ? Rejection::password_common : Rejection::none;
}

Result<Rejection> leak_of(std::string_view password, const PasswordCheck& is_leaked) {
  if (!is_leaked) return Rejection::none;
  const Result<bool> leaked = is_leaked(password);
  if (!leaked) return leaked.error();
  return *leaked ? Rejection::password_common : Rejection::none;
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

Result<std::string> hash_new_password(std::string_view password, const PasswordCost& cost,
                                      const std::shared_ptr<const Peppers>& peppers) {
  return Hasher(cost, peppers).hash(password);
}

}  // namespace latchkey::account
