#include "cli/user/named.h"

#include "base/utf8.h"
#include "cli/command.h"

namespace latchkey::cli {

void add_named(CLI::App& command, Named& named, bool needed) {
  CLI::Option_group* group = command.add_option_group("The user");
  group->add_option("--username", named.username, "By name, in any case")
      ->type_name("NAME")
      ->check(not_empty());
  group->add_option("--user-id", named.user_id, "By id")->type_name("ID")->check(not_empty());
  group->require_option(needed ? 1 : 0, 1);
}

Result<StoredUser> find_named(UserAdmin& admin, const Named& named) {
  if (!named.username.empty()) {
    auto user = admin.find(named.username);
    if (!user) return user.error();
    if (!*user) return no_such_user(named);
    return **std::move(user);
  }
  const auto id = UserId::parse(named.user_id);
  if (!id) return no_such_user(named);
  auto user = admin.find(*id);
  if (!user) return user.error();
  if (!*user) return no_such_user(named);
  return **std::move(user);
}

Error no_such_user(const Named& named) {
  constexpr std::size_t kShown = 254;
  const bool by_name = !named.username.empty();
  return {Errc::not_found, std::string("there is no user ") + (by_name ? "" : "with the id ") +
                               clean_line(by_name ? named.username : named.user_id, kShown)};
}

}  // namespace latchkey::cli
