#pragma once

#include <string>
#include <string_view>

#include "latchkey/accounts.h"

// What holds for every account, however it is made: by its user, by an operator or by an import.
namespace latchkey::account {

// shape_of tells what makes `password` unfit to be checked at all. The limits hold for the text as
// typed and are checked before any work (R67).
Rejection shape_of(std::string_view password) noexcept;

// PasswordContext is what a password must not be made of (R71).
struct PasswordContext {
  std::string_view username{};  // or an e-mail address
  std::string_view site{};      // the name or the host of the site
};

// strength_of tells what makes `password` unfit to be a new one. Every way to set one asks here.
Rejection strength_of(std::string_view password, const PasswordContext& context = {});

// leak_of asks `is_leaked`, where there is one, about a password that strength_of found good.
Result<Rejection> leak_of(std::string_view password, const PasswordCheck& is_leaked);

// check_cost refuses with bad_config a cost under the floor (unless `allow_weak`), one that
// Argon2id cannot run with, and one that no log-in would check.
Result<void> check_cost(const PasswordCost& cost, bool allow_weak);

// draw_user_id draws 16 characters of a-z2-7, 80 random bits.
Result<UserId> draw_user_id();

// hash_new_password hashes `password` on this thread, as Hasher does, and leaves no copy of it.
Result<std::string> hash_new_password(std::string_view password, const PasswordCost& cost,
                                      const std::shared_ptr<const Peppers>& peppers = nullptr);

}  // namespace latchkey::account
