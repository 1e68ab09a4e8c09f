#pragma once

#include <string>

#include "latchkey/store.h"

// The address of a user, as its attributes keep it.
namespace latchkey::account {

// keep_address makes `address` the verified one of a user. False: there is no such user, the user
// is disabled, or has another address. Attributes that change meanwhile are read again.
Result<bool> keep_address(UserStore& users, const UserId& user, const std::string& address);

}  // namespace latchkey::account
