#pragma once

#include <string_view>

#include "crypto/stored_hash.h"

namespace latchkey::crypto {

// verify_foreign checks a hash of any family but Argon2, and leaves no copy of the password.
// bcrypt reads 72 bytes up to a NUL: a password that goes on behind them is a mismatch, at the same
// cost, because nobody can say that it is the right one.
Result<PasswordMatch> verify_foreign(std::string_view password, const StoredHash& stored);

}  // namespace latchkey::crypto
