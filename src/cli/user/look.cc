#include <cstdio>
#include <string>

#include "base/utf8.h"
#include "cli/json_out.h"
#include "cli/report.h"
#include "cli/user/each_user.h"
#include "cli/user/user_input.h"
#include "codec/text/time_text.h"
#include "server/serve.h"

// What shows users and changes nothing.
namespace latchkey::cli {
namespace {

void print_row(const StoredUser& stored) {
  const User& user = stored.user;
  std::printf("%-16s  %-24s  %-8s  %s\n", user.id.text().c_str(),
              codec::rfc3339(user.created_at).c_str(), user.disabled ? "disabled" : "active",
              clean_line(user.username, user.username.size()).c_str());
}

// Counts the live sessions of a user.
Result<std::size_t> count_sessions(Store& store, const UserId& user) {
  PageRequest request{.now = system_clock().now(), .limit = 1000};
  std::size_t count = 0;
  do {
    auto page = store.sessions().list_user(user, request);
    if (!page) return page.error();
    count += page->records.size();
    request.after = std::move(page->next);
  } while (!request.after.empty());
  return count;
}

}  // namespace

int run_user_list(const UserInput& input) {
  return with_users(input.store, Access::read, [&](UserAdmin& admin, Store&) {
    if (!input.json) {
      const auto next = each_user(admin, input, print_row);
      if (!next) return fail(next.error());
      if (!next->empty()) std::fprintf(stderr, "more: --after %s\n", next->c_str());
      return std::fflush(stdout) == 0 ? server::kExitOk : server::kExitFailed;
    }
    JsonList list("users");
    const auto next =
        each_user(admin, input, [&](const StoredUser& user) { list.add(user_json(user.user)); });
    if (!next) return fail(next.error());
    return list.end(*next) ? server::kExitOk : server::kExitFailed;
  });
}

int run_user_show(const UserInput& input) {
  return with_users(input.store, Access::read, [&](UserAdmin& admin, Store& store) {
    const auto found = find_named(admin, input.named);
    if (!found) return fail(found.error());
    const User& user = found->user;
    const auto sessions = count_sessions(store, user.id);
    if (!sessions) return fail(sessions.error());
    const std::string created = codec::rfc3339(user.created_at);
    std::string text;
    if (input.json) {
      text = user_json(user);
      text.pop_back();
      text += ",\"sessions\":" + std::to_string(*sessions) + '}';
    } else {
      text = "id        " + user.id.text() + "\nusername  " +
             clean_line(user.username, user.username.size()) + "\ncreated   " + created +
             "\nstate     " + (user.disabled ? "disabled" : "active") + "\nsessions  " +
             std::to_string(*sessions);
    }
    return put(text) ? server::kExitOk : server::kExitFailed;
  });
}

}  // namespace latchkey::cli
