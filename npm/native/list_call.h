#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "promise.h"
#include "registry.h"

// Calls that list something of a user page by page, all with the same arguments and answer.
namespace latchkey::node {

struct ListCall {
  std::shared_ptr<OpenSessions> open;
  UserId user;
  std::string after;
  std::size_t limit;
  UnixTime now;
};
// read_list reads (sessions, user, after, limit, now), with a limit from `least` to `most`; nothing
// when something of it is wrong, which it throws.
std::optional<ListCall> read_list(const Call& call, std::int64_t least, std::int64_t most);

// make_page makes [items, next].
template <class Items, class Make>
napi_value make_page(napi_env env, const Items& items, const std::string& next, Make make) {
  std::vector<napi_value> all;
  for (const auto& item : items) all.push_back(make(env, item));
  const napi_value values[] = {make_list(env, all), make_text(env, next)};
  return make_list(env, values);
}

// list_later answers with a promise of what `ask(ListCall)` finds; `page(env, found)` makes its
// value.
template <class Ask, class Page>
napi_value list_later(napi_env env, std::optional<ListCall> call, Ask ask, Page page) {
  if (!call) return nullptr;
  Lane& lane = call->open->lane();
  return promise(
      env, lane,
      [call = *std::move(call), ask] {
        const CallClock::At at(call.now);
        return ask(call);
      },
      page);
}

}  // namespace latchkey::node
