#include "http/routes.h"

#include "http/api/api.h"
#include "http/pages/assets.h"
#include "http/pages/pages.h"

namespace latchkey::http {
namespace {

const Route kRoutes[] = {
    {.path = "/v1/session", .get = api_get_session},
    {.path = "/v1/session/refresh", .post = api_refresh_session},
    {.path = "/v1/sessions", .get = api_list_sessions, .remove = api_end_sessions},
    {.path = kSessionPath, .prefix = true, .remove = api_end_session},
    {.path = "/v1/login", .post = api_log_in, .body = Body::json, .write_lane = Lane::hashing},
    {.path = "/v1/signup", .post = api_sign_up, .body = Body::json, .write_lane = Lane::hashing},
    {.path = "/v1/password",
     .post = api_change_password,
     .body = Body::json,
     .write_lane = Lane::hashing},
    {.path = "/v1/logout", .post = api_log_out},
    {.path = "/livez", .get = get_livez, .session = false},
    // A store that hangs must not hang the event loop.
    {.path = "/readyz", .get = get_readyz, .read_lane = Lane::blocking, .session = false},
    {.path = "/", .get = page_home},
    {.path = "/training", .get = page_training},
    {.path = "/sessions", .get = page_sessions},
    {.path = "/sessions/end", .post = form_end_session, .body = Body::form},
    {.path = "/sessions/end-others", .post = form_end_others, .body = Body::form},
    {.path = "/login",
     .get = page_log_in,
     .post = form_log_in,
     .body = Body::form,
     .write_lane = Lane::hashing},
    {.path = "/signup",
     .get = page_sign_up,
     .post = form_sign_up,
     .body = Body::form,
     .write_lane = Lane::hashing},
    {.path = "/logout", .post = form_log_out, .body = Body::form},
    {.path = kAssetPath, .prefix = true, .get = get_asset, .session = false},
};

bool matches(const Route& route, std::string_view path) noexcept {
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

Handler find_handler(const Route& route, std::string_view method) noexcept {
  if (method == "GET" || method == "HEAD") return route.get;
  if (method == "POST") return route.post;
  if (method == "DELETE") return route.remove;
  return nullptr;
}

std::string allowed_methods(const Route& route) {
  std::string out = "OPTIONS";
  if (route.get != nullptr) out += ", GET, HEAD";
  if (route.post != nullptr) out += ", POST";
  if (route.remove != nullptr) out += ", DELETE";
  return out;
}

bool is_api_path(std::string_view path) noexcept {
  return path.starts_with("/v1/") || path == "/v1" || path == "/livez" || path == "/readyz";
}

}  // namespace latchkey::http
