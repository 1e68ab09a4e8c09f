#include <memory>

#include "addon.h"
#include "registry.h"
#include "session_values.h"

// The cookie of a session: what to write for a token, what to delete, what a request brings.
namespace latchkey::node {
namespace {

using Handle = std::shared_ptr<OpenSessions>;

std::vector<std::string_view> views_of(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

// set_cookies(sessions, token, persistent, now, lines, idle_expires_at, absolute_expires_at)
// returns the Set-Cookie values of a token.
napi_value set_cookies(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto* handle = call.handle<Handle>(0);
  if (handle == nullptr) return throw_no_handle(env, "open sessions");
  SessionRecord record;
  record.persistent = call.flag(2);
  record.idle_expires_at = call.time(5, "session.idleExpiresAt");
  record.absolute_expires_at = call.time(6, "session.absoluteExpiresAt");
  const UnixTime now = call.time(3);
  if (call.refused()) return nullptr;
  const SessionToken token = SessionToken::carried(SessionId{}, Text(env, call[1]).view());
  const std::vector<std::string> lines = read_texts(env, call[4]);
  auto values = (*handle)->cookies().set_cookies(token, record, views_of(lines), now);
  return values ? make_texts(env, *values) : throw_error(env, values.error());
}

// blank_cookies(sessions, lines) returns the values that delete the cookie and its chunks.
napi_value blank_cookies(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto* handle = call.handle<Handle>(0);
  if (handle == nullptr) return throw_no_handle(env, "open sessions");
  const std::vector<std::string> lines = read_texts(env, call[1]);
  return make_texts(env, (*handle)->cookies().blank_cookies(views_of(lines)));
}

// read_cookie(sessions, lines) returns the token in Cookie header lines, or null.
napi_value read_cookie(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto* handle = call.handle<Handle>(0);
  if (handle == nullptr) return throw_no_handle(env, "open sessions");
  const std::vector<std::string> lines = read_texts(env, call[1]);
  const auto value = (*handle)->cookies().read_cookie(views_of(lines));
  return value ? make_text(env, *value) : make_null(env);
}

// cookie_options(sessions) returns [name, secure, http_only, same_site, path, domain, partitioned].
napi_value cookie_options(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto* handle = call.handle<Handle>(0);
  if (handle == nullptr) return throw_no_handle(env, "open sessions");
  const CookieOptions& cookie = (*handle)->cookies().options();
  const char* same_site = cookie.same_site == SameSite::lax      ? "lax"
                          : cookie.same_site == SameSite::strict ? "strict"
                                                                 : "none";
  const napi_value values[] = {make_text(env, cookie.name),       make_flag(env, cookie.secure),
                               make_flag(env, cookie.http_only),  make_text(env, same_site),
                               make_text(env, cookie.path),       make_text(env, cookie.domain),
                               make_flag(env, cookie.partitioned)};
  return make_list(env, values);
}

}  // namespace

void define_session_cookies(napi_env env, napi_value exports) {
  constexpr Function kFunctions[] = {{"set_cookies", set_cookies},
                                     {"blank_cookies", blank_cookies},
                                     {"read_cookie", read_cookie},
                                     {"cookie_options", cookie_options}};
  define(env, exports, kFunctions);
}

}  // namespace latchkey::node
