#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <string>

#include "base/utf8.h"
#include "cli/json_out.h"
#include "cli/password_input.h"
#include "cli/report.h"
#include "cli/user/user_input.h"
#include "server/serve.h"

// What changes one user.
namespace latchkey::cli {
namespace {

int done(bool written) { return written ? server::kExitOk : server::kExitFailed; }

// shown is foreign text for a terminal.
std::string shown(const std::string& text) { return clean_line(text, text.size()); }

int refuse(Rejection rejection, const std::string& username) {
  std::string text{rejection_text(rejection)};
  if (rejection == Rejection::username_taken) text = "there is a user " + shown(username);
  return complain(server::kExitFailed, text);
}

std::string sessions_text(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " session" : " sessions") + " ended";
}

// change_one finds the user, applies `change` and says what it did. Nothing from `change`: the user
// has gone meanwhile.
using Change = std::function<Result<std::optional<Removed>>(UserAdmin&, const UserId&)>;
int change_one(const UserInput& input, const char* what, const Change& change) {
  return with_users(input.store, Access::write, [&](UserAdmin& admin, Store&) {
    const auto user = find_named(admin, input.named);
    if (!user) return fail(user.error());
    const auto ended = change(admin, user->user.id);
    if (!ended) return fail(ended.error());
    if (!*ended) return fail(no_such_user(input.named));
    const std::size_t count = (*ended)->ids.size();
    if (input.json) {
      return done(put(JsonOut()
                          .text("id", user->user.id.text())
                          .text("username", user->user.username)
                          .flag(what, true)
                          .number("ended", static_cast<std::int64_t>(count))
                          .done()));
    }
    return done(put(shown(user->user.username) + " is " + what + "; " + sessions_text(count)));
  });
}

// confirmed asks, where there is a terminal to ask on.
Result<void> confirm(const StoredUser& user) {
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDERR_FILENO) == 0) {
    return Error{Errc::bad_config, "a user is deleted for good: say so with --yes"};
  }
  std::fprintf(stderr, "Delete %s (%s) for good, and end all sessions? Type yes: ",
               shown(user.user.username).c_str(), user.user.id.text().c_str());
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "yes") return {};
  return Error{Errc::conflict, "nothing was deleted"};
}

}  // namespace

int run_user_add(const UserInput& input) {
  const auto password = read_password(input.password_file);
  if (!password) return fail(password.error());
  return with_users(input.store, Access::write, [&](UserAdmin& admin, Store&) {
    const auto made = admin.add({input.named.username, password->insecure_view()});
    if (!made) return fail(made.error());
    if (made->rejection != Rejection::none) return refuse(made->rejection, input.named.username);
    return done(put(input.json ? user_json(*made->user)
                               : "added " + shown(made->user->username) + " with the id " +
                                     made->user->id.text()));
  });
}

int run_user_passwd(const UserInput& input) {
  const auto password = read_password(input.password_file);
  if (!password) return fail(password.error());
  Rejection rejection = Rejection::none;
  // The user is looked for first: a password for nobody is not judged.
  const auto set = [&](UserAdmin& admin, const UserId& id) -> Result<std::optional<Removed>> {
    auto reset = admin.set_password(id, password->insecure_view());
    if (!reset) return reset.error();
    rejection = reset->rejection;
    if (rejection != Rejection::none) {
      return Error{Errc::invalid_argument, std::string{rejection_text(rejection)}};
    }
    return std::move(reset->ended);
  };
  return change_one(input, "changed", set);
}

int run_user_disable(const UserInput& input) {
  return change_one(input, "disabled",
                    [](UserAdmin& admin, const UserId& id) { return admin.disable(id); });
}

int run_user_enable(const UserInput& input) {
  return change_one(input, "enabled",
                    [](UserAdmin& admin, const UserId& id) { return admin.enable(id); });
}

int run_user_delete(const UserInput& input) {
  return change_one(input, "deleted",
                    [&](UserAdmin& admin, const UserId& id) -> Result<std::optional<Removed>> {
                      if (input.yes) return admin.remove(id);
                      const auto user = admin.find(id);
                      if (!user) return user.error();
                      if (!*user) return std::optional<Removed>{};
                      if (Result<void> sure = confirm(**user); !sure) return sure.error();
                      return admin.remove(id);
                    });
}

}  // namespace latchkey::cli
