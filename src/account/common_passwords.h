#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

// Passwords that are tried first (R71).
namespace latchkey::account {

// is_common_password tells whether a password, as crypto::nfkc_casefold returns it, is one of the
// most common ones that are long enough, a short text repeated, or a row such as 123456... One in
// 400,000 of all others is taken for one of the list.
bool is_common_password(std::string_view folded);

// is_about tells whether what remains of `folded` without the words of `context`, such as a user
// name and the name of a site, is too little to be a secret. Both are folded.
bool is_about(std::string_view folded, std::span<const std::string> context);

// What tools/common_passwords.py made.
extern const std::size_t kCommonPasswords;
extern const std::string_view kCommonPasswordDigests;

}  // namespace latchkey::account
