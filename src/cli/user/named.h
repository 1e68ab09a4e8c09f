#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "latchkey/user_admin.h"

namespace latchkey::cli {

// Named says which user a command is about: by name or by id.
struct Named {
  std::string username;
  std::string user_id;

  bool given() const { return !username.empty() || !user_id.empty(); }
};
// add_named adds both options. `needed`: exactly one of them must be given.
void add_named(CLI::App& command, Named& named, bool needed);

// find_named is not_found, with a sentence that names the user, when there is none.
Result<StoredUser> find_named(UserAdmin& admin, const Named& named);

// no_such_user is that sentence.
Error no_such_user(const Named& named);

}  // namespace latchkey::cli
