#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/api/problem.h"
#include "http/app.h"
#include "latchkey/recovery.h"

// A user's e-mail address, for the API and the pages. docs/recovery.md
namespace latchkey::http {

// AddressAsked is what became of a wish for a link to confirm an address.
struct AddressAsked {
  std::optional<Problem> problem{};
  Millis retry_after{0};
  UserAddress address{};  // verified: no mail was sent, for nothing is left to confirm
};

// ask_for_link sends a link to the address of `user`, or to `wanted` where there is none yet: an
// address that is there leads to the account already, so it is not changed here.
AddressAsked ask_for_link(App& app, AuthSession& session, const User& user,
                          std::optional<std::string_view> wanted);

}  // namespace latchkey::http
