#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "latchkey/result.h"

// Lists of passwords that have leaked, which no new password may be on.
namespace latchkey {

// PasswordCheck returns whether a password, as it was typed, has leaked. It is called only for
// new passwords, after latchkey's own rules, on the calling thread, possibly by several threads
// at once. If it returns an Error, the sign-up or the change fails with that Error. Log-in does
// not call it.
using PasswordCheck = std::function<Result<bool>(std::string_view password)>;

// leaked_password_list looks passwords up in a copy of such a list on this machine, as Have I Been
// Pwned offers it for download:
//
//   auto leaked = latchkey::leaked_password_list("/var/lib/pwned/ranges");
//   if (!leaked) return fail(leaked.error().detail);
//   options.passwords.is_leaked = *std::move(leaked);
//
// `path` is a directory with a file for each five hexadecimal digits, "00000.txt" to "FFFFF.txt" or
// without ".txt", whose lines are the other 35 digits of a SHA-1 and a count; or one file of lines
// of 40 digits and a count, in order. A count of 0 stands for a password that is not on the list.
// The files are opened for each look-up, so that they may be replaced. bad_config: there is no such
// list at `path`.
Result<PasswordCheck> leaked_password_list(std::string path);

}  // namespace latchkey
