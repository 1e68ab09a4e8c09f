#include "http/routes.h"

#include <iterator>
#include <vector>

#include "http/api/api.h"
#include "http/pages/assets.h"
#include "http/pages/pages.h"
#include "latchkey/browser_client.h"
#include "latchkey/origin_check.h"

namespace latchkey::http {
namespace {

// Whoever asks is shown by name, and of an API only JSON is accepted. A cookie costs nothing with
// the answer to a person, so hybrid sessions get new snapshots there.
constexpr BeginOptions kPage{.with_user = true, .page = true};
// The log-in page tells why a session has ended, so the cookie that shows it stays until then.
constexpr BeginOptions kPageForUsers{.with_user = true, .keep_bad_cookie = true};
// What a script does is no activity unless it says so.
constexpr BeginOptions kPoll{
    .passive = true, .offers = false, .with_user = true, .keep_bad_cookie = true};
constexpr BeginOptions kUse = kPageForUsers;
constexpr BeginOptions kChange = kPoll;
constexpr BeginOptions kFreshChange{
    .passive = true, .fresh = true, .offers = false, .with_user = true, .keep_bad_cookie = true};

const Route kRoutes[] = {
    {.path = "/v1/verify", .verify = Dialect::own},
    {.path = "/v1/verify/nginx", .verify = Dialect::nginx},
    {.path = "/v1/verify/forward", .verify = Dialect::forward},
    {.path = kEnvoyPrefix, .verify = Dialect::envoy},
    {.path = "/v1/session", .get = api_get_session, .read = kPoll, .fresh_query = true},
    {.path = "/v1/session/status", .get = api_session_status, .read = kStatusPoll},
    {.path = "/v1/session/refresh", .post = api_refresh_session, .write = kUse},
    {.path = "/v1/session/reauth",
     .post = api_reauthenticate,
     .write = kFreshChange,
     .body = Body::json,
     .write_lane = Lane::hashing},
    {.path = "/v1/sessions",
     .get = api_list_sessions,
     .remove = api_end_sessions,
     .read = kUse,
     .write = kChange,
     .lists = true},
    // Events that wait are written before they are listed.
    {.path = "/v1/user/events", .get = api_list_events, .read = kPoll, .read_lane = Lane::blocking},
    {.path = kSessionPath, .prefix = true, .remove = api_end_session, .write = kChange},
    {.path = "/v1/login",
     .post = api_log_in,
     .write = kChange,
     .body = Body::json,
     .write_lane = Lane::hashing},
    {.path = "/v1/signup",
     .post = api_sign_up,
     .write = kChange,
     .body = Body::json,
     .write_lane = Lane::hashing},
    {.path = "/v1/password",
     .post = api_change_password,
     .write = kFreshChange,
     .body = Body::json,
     .write_lane = Lane::hashing},
    {.path = "/v1/password/forgot",
     .post = api_forgot_password,
     .write = kChange,
     .body = Body::json},
    {.path = "/v1/password/reset",
     .post = api_reset_password,
     .write = kChange,
     .body = Body::json,
     .write_lane = Lane::hashing},
    {.path = "/v1/user/email",
     .get = api_get_email,
     .post = api_verify_email,
     .read = kPoll,
     .write = kFreshChange,
     .body = Body::json},
    {.path = "/v1/user/email/confirm",
     .post = api_confirm_email,
     .write = kChange,
     .body = Body::json},
    {.path = "/v1/user", .remove = api_delete_user, .write = kFreshChange},
    // Browsers ask here by themselves.
    {.path = "/v1/device/register", .post = api_register_device, .write = kDeviceRoute},
    {.path = "/v1/device/refresh", .post = api_refresh_device, .write = kDeviceRoute},
    {.path = "/v1/logout", .post = api_log_out, .write = kChange},
    {.path = "/livez", .plain = get_livez},
    // A store that hangs must not hang the event loop.
    {.path = "/readyz", .plain = get_readyz, .read_lane = Lane::blocking},
    {.path = "/", .get = page_home, .read = kPage},
    {.path = "/training", .get = page_training, .read = kPageForUsers},
    {.path = "/sessions", .get = page_sessions, .read = kPageForUsers, .read_lane = Lane::blocking},
    {.path = "/sessions/end", .post = form_end_session, .write = kChange, .body = Body::form},
    {.path = "/sessions/end-others", .post = form_end_others, .write = kChange, .body = Body::form},
    {.path = "/login",
     .get = page_log_in,
     .post = form_log_in,
     .read = kPage,
     .write = kChange,
     .body = Body::form,
     .write_lane = Lane::hashing},
    {.path = "/signup",
     .get = page_sign_up,
     .post = form_sign_up,
     .read = kPage,
     .write = kChange,
     .body = Body::form,
     .write_lane = Lane::hashing},
    {.path = "/reauth",
     .get = page_reauth,
     .post = form_reauth,
     .read = kPageForUsers,
     .write = kFreshChange,
     .body = Body::form,
     .write_lane = Lane::hashing},
    {.path = "/password/forgot",
     .get = page_forgot,
     .post = form_forgot,
     .read = kPage,
     .write = kChange,
     .body = Body::form},
    {.path = "/password/reset",
     .get = page_reset,
     .post = form_reset,
     .read = kPage,
     .write = kChange,
     .body = Body::form,
     .read_lane = Lane::blocking,
     .write_lane = Lane::hashing},
    {.path = "/account", .get = page_account, .read = kPageForUsers},
    {.path = "/account/password",
     .get = page_password,
     .post = form_password,
     .read = kPageForUsers,
     .write = kFreshChange,
     .body = Body::form,
     .write_lane = Lane::hashing},
    {.path = "/account/email",
     .get = page_email,
     .post = form_email,
     .read = kPageForUsers,
     .write = kFreshChange,
     .body = Body::form},
    {.path = "/account/email/confirm",
     .get = page_confirm_email,
     .post = form_confirm_email,
     .read = kPage,
     .write = kChange,
     .body = Body::form,
     .read_lane = Lane::blocking},
    {.path = "/account/delete",
     .get = page_delete,
     .post = form_delete,
     .read = kPageForUsers,
     .write = kFreshChange,
     .body = Body::form},
    {.path = "/logout", .post = form_log_out, .write = kChange, .body = Body::form},
    {.path = kScriptPath, .plain = get_asset},
    {.path = kAssetPath, .prefix = true, .plain = get_asset},
};

bool matches(const Route& route, std::string_view path) noexcept {
  // Behind its prefix stands the path that is asked about.
  if (route.verify == Dialect::envoy && path.starts_with(route.path)) {
    return path.size() == route.path.size() || path[route.path.size()] == '/';
  }
  if (!route.prefix) return path == route.path;
  return path.size() > route.path.size() && path.starts_with(route.path) &&
         path.find('/', route.path.size()) == std::string_view::npos;
}

}  // namespace

std::span<const Route> all_routes() noexcept { return kRoutes; }

const Route* find_route(std::string_view path) noexcept {
  for (const Route& route : kRoutes) {
    if (matches(route, path)) return &route;
  }
  return nullptr;
}

std::string_view pattern_of(std::string_view path) noexcept {
  const Route* route = find_route(path);
  return route == nullptr ? std::string_view{"none"} : route->path;
}

std::span<const std::string_view> route_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> made;
    for (const Route& route : kRoutes) made.push_back(route.path);
    made.emplace_back("none");
    return made;
  }();
  return names;
}

std::size_t route_index(std::string_view path) noexcept {
  const Route* route = find_route(path);
  return route == nullptr ? std::size(kRoutes) : static_cast<std::size_t>(route - kRoutes);
}

Handler find_handler(const Route& route, std::string_view method) noexcept {
  if (method == "GET" || method == "HEAD") return route.get;
  if (method == "POST") return route.post;
  if (method == "DELETE") return route.remove;
  return nullptr;
}

BeginOptions begin_options(const Route& route, const Request& request) {
  BeginOptions options = guard::is_safe_method(request.method) ? route.read : route.write;
  options.route = route.path;
  options.request_id = request.request_id;
  options.json_only = route.body != Body::form;
  if (route.fresh_query) options.fresh = wants_fresh(request).value_or(false);
  return options;
}

bool reads_body(const Request& request) noexcept {
  const Route* route = find_route(request.path);
  return route == nullptr || !route->verify;
}

std::string allowed_methods(const Route& route) {
  std::string out = "OPTIONS";
  if (route.get != nullptr || route.plain != nullptr) out += ", GET, HEAD";
  if (route.post != nullptr) out += ", POST";
  if (route.remove != nullptr) out += ", DELETE";
  return out;
}

bool is_api_path(std::string_view path) noexcept {
  return path.starts_with("/v1/") || path == "/v1" || path == "/livez" || path == "/readyz";
}

}  // namespace latchkey::http
