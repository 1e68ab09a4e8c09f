#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace latchkey::account {

inline constexpr std::size_t kMaxUsernameBytes = 254;  // an e-mail address, RFC 5321

// Username is a checked user name: what is shown, and the form in which two names are the same.
struct Username {
  std::string shown;  // NFC, blanks around it removed
  std::string key;    // NFKC, case folded: unique
};

// parse_username checks after normalising (R95): 1-254 bytes of UTF-8, no blanks, no control,
// format or unassigned characters, none of "(),:;<>[\]`, and at most one '@', neither first nor
// last.
std::optional<Username> parse_username(std::string_view text);

}  // namespace latchkey::account
