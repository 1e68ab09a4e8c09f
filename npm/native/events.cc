#include <memory>

#include "addon.h"
#include "promise.h"
#include "registry.h"
#include "session_values.h"

// What happened to an account, for the user whose it is.
namespace latchkey::node {
namespace {

using Handle = std::shared_ptr<OpenSessions>;

// An event is [id, at, kind, session | null, reason, userAgent, address, requestId].
napi_value make_event(napi_env env, const Event& event) {
  const napi_value values[] = {
      make_text(env, event.id),
      make_number(env, static_cast<double>(to_unix_millis(event.at))),
      make_text(env, event_kind_name(event.kind)),
      event.session_id.text().empty() ? make_null(env) : make_text(env, event.session_id.text()),
      make_text(env, event.reason),
      make_text(env, event.user_agent),
      make_text(env, event.address),
      make_text(env, event.request_id)};
  return make_list(env, values);
}

// events(sessions, user, after, limit, now) returns [events, next].
napi_value events(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto* handle = call.handle<Handle>(0);
  std::optional<UserId> user = UserId::parse(call.text(1));
  if (handle == nullptr) return throw_no_handle(env, "open sessions");
  if (!user) return throw_misuse(env, kUserIdRule);
  const auto limit = static_cast<std::size_t>(call.whole(3, "limit", 1, 1000));
  const UnixTime now = call.time(4);
  if (call.refused()) return nullptr;
  return promise(
      env, (*handle)->lane(),
      [open = *handle, user = *std::move(user), after = call.text(2), limit, now] {
        const CallClock::At at(now);
        return open->activity(user, after, limit);
      },
      [](napi_env js, const EventPage& page) {
        std::vector<napi_value> all;
        for (const Event& event : page.events) all.push_back(make_event(js, event));
        const napi_value values[] = {make_list(js, all), make_text(js, page.next)};
        return make_list(js, values);
      });
}

}  // namespace

void define_events(napi_env env, napi_value exports) {
  constexpr Function kFunctions[] = {{"events", events}};
  define(env, exports, kFunctions);
}

}  // namespace latchkey::node
