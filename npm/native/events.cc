#include "addon.h"
#include "list_call.h"

// What happened to an account, for the user whose it is.
namespace latchkey::node {
namespace {

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
  return list_later(
      env, read_list(Call(env, info), 1, 1000),
      [](const ListCall& call) { return call.open->activity(call.user, call.after, call.limit); },
      [](napi_env js, const EventPage& page) {
        return make_page(js, page.events, page.next, make_event);
      });
}

}  // namespace

void define_events(napi_env env, napi_value exports) {
  constexpr Function kFunctions[] = {{"events", events}};
  define(env, exports, kFunctions);
}

}  // namespace latchkey::node
