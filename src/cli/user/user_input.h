#pragma once

#include <functional>
#include <string>

#include "cli/store_input.h"
#include "cli/user/named.h"
#include "latchkey/user_admin.h"

namespace latchkey::cli {

// UserInput is what the commands of `latchkey user` are given.
struct UserInput {
  StoreInput store{};
  Named named{};
  std::string password_file{};
  std::string after{};
  std::size_t limit = 0;  // 0: all
  bool json = false;
  bool yes = false;
};

int run_user_add(const UserInput& input);
int run_user_list(const UserInput& input);
int run_user_show(const UserInput& input);
int run_user_passwd(const UserInput& input);
int run_user_disable(const UserInput& input);
int run_user_enable(const UserInput& input);
int run_user_delete(const UserInput& input);

// with_users opens the store and calls `body` with what may be done to its users.
using UserWork = std::function<int(UserAdmin& admin, Store& store)>;
int with_users(const StoreInput& input, Access access, const UserWork& body);

// user_json is a user as the HTTP API names its parts, without anything secret.
std::string user_json(const User& user);

}  // namespace latchkey::cli
