#include "latchkey/accounts.h"

// What a rejection is called, and what its user is told.
namespace latchkey {

std::string_view rejection_name(Rejection rejection) noexcept {
  switch (rejection) {
    case Rejection::username_invalid:
      return "username_invalid";
    case Rejection::username_taken:
      return "username_taken";
    case Rejection::password_too_short:
      return "password_too_short";
    case Rejection::password_too_long:
      return "password_too_long";
    case Rejection::password_invalid:
      return "password_invalid";
    case Rejection::wrong_credentials:
      return "wrong_credentials";
    case Rejection::rate_limited:
      return "rate_limited";
    case Rejection::sign_up_closed:
      return "sign_up_closed";
    case Rejection::password_common:
      return "password_common";
    case Rejection::none:
      break;
  }
  return "none";
}

std::string_view rejection_text(Rejection rejection) noexcept {
  switch (rejection) {
    case Rejection::username_invalid:
      return "A user name has 1 to 254 characters, no blanks and none of \"(),:;<>[\\]`.";
    case Rejection::username_taken:
      return "This user name is already taken.";
    case Rejection::password_too_short:
      return "The password is too short. Use at least 15 characters.";
    case Rejection::password_too_long:
      return "The password is too long. Use at most 1024 bytes.";
    case Rejection::password_invalid:
      return "The password has characters that cannot be used.";
    case Rejection::wrong_credentials:
      return "User name or password is wrong.";
    case Rejection::rate_limited:
      return "Too many tries. Wait before you try again.";
    case Rejection::sign_up_closed:
      return "New accounts cannot be made here. Ask the operator of this site for one.";
    case Rejection::password_common:
      return "This password is one of the first that others try. Use another one.";
    case Rejection::none:
      break;
  }
  return "";
}

}  // namespace latchkey
