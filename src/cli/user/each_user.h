#pragma once

#include <algorithm>
#include <string>
#include <unordered_set>

#include "cli/progress.h"
#include "cli/user/user_input.h"
#include "latchkey/open_store.h"

namespace latchkey::cli {

// each_user shows `take` each user that `input` asks for once, and returns the `next` behind them.
template <class Take>
Result<std::string> each_user(UserAdmin& admin, const UserInput& input, Take take) {
  constexpr std::size_t kAtOnce = 500;
  Progress progress("users");
  // Only a list by name shows nobody twice.
  std::unordered_set<UserId> shown;
  std::string after = input.after;
  std::size_t seen = 0;
  do {
    const std::size_t left = input.limit > 0 ? input.limit - seen : kAtOnce;
    auto page = admin.list(after, std::min(left, kAtOnce));
    if (!page) return page.error();
    const bool by_name =
        page->next.empty() || page->users.empty() || page->next == page->users.back().username_key;
    for (const StoredUser& user : page->users) {
      if ((by_name && shown.empty()) || shown.insert(user.user.id).second) take(user);
    }
    seen += page->users.size();
    const double whole = static_cast<double>(input.limit);
    progress.done(seen, input.limit > 0 ? static_cast<double>(seen) / whole : 0);
    after = std::move(page->next);
  } while (!after.empty() && (input.limit == 0 || seen < input.limit));
  return after;
}

}  // namespace latchkey::cli
