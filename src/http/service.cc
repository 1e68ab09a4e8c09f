#include "http/service.h"

#include <exception>
#include <optional>

#include "base/log.h"
#include "base/wipe_freed.h"
#include "http/api/api.h"
#include "http/api/problem.h"
#include "http/app.h"
#include "http/foreign_page.h"
#include "http/pages/pages.h"
#include "http/routes.h"
#include "latchkey/origin_check.h"

namespace latchkey {

// The rules for caches stand on every answer that is written.
template <>
struct ResponseHeaders<http::Response> {
  static void remove_if(http::Response& response, const auto& unwanted) {
    std::erase_if(response.headers,
                  [&](const auto& header) { return unwanted(header.first, header.second); });
  }
  static void add(http::Response& response, std::string_view name, std::string_view value) {
    if (name == "Cache-Control" || name == "Vary") return;
    response.headers.emplace_back(name, value);
  }
};

}  // namespace latchkey

namespace latchkey::http {
namespace {

char lower_ascii(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// is_media_type tells whether `value` is `type`, alone or with charset=utf-8.
bool is_media_type(std::string_view value, std::string_view type) {
  std::string folded(value);
  for (char& c : folded) c = lower_ascii(c);
  const std::size_t semicolon = folded.find(';');
  if (trim(std::string_view(folded).substr(0, semicolon)) != type) return false;
  if (semicolon == std::string::npos) return true;
  const std::string_view parameter = trim(std::string_view(folded).substr(semicolon + 1));
  return parameter.empty() || parameter == "charset=utf-8" || parameter == "charset=\"utf-8\"";
}

// accepts_body checks the media type of an unsafe request (R53).
bool accepts_body(const Request& request, Body body) {
  const auto type = request.header("content-type");
  if (!type) return body == Body::none && request.body.empty();
  if (request.header_count("content-type") != 1) return false;
  return is_media_type(
      *type, body == Body::form ? "application/x-www-form-urlencoded" : "application/json");
}

// view_of shows a request to Auth. Where to go after a log-in is decided by the pages, so the path
// is enough.
RequestView view_of(const Request& request) noexcept {
  return {request.method, request.path, request.peer_address, request.headers};
}

// begin finds out who asks, and notes that a browser did keep its cookie.
Result<AuthSession> begin(App& app, const Request& request, const BeginOptions& options) {
  auto session = app.auth.begin(view_of(request), options);
  if (session && session->record() != nullptr) {
    app.logins.came_back(session->record()->id, app.clock.now());
  }
  return session;
}

// A page that is not there shows the navigation of whoever asks, if that can be found out.
Response not_found(App& app, const Request& request) {
  if (is_api_path(request.path)) return problem_response(Problem::not_found);
  if (!guard::is_safe_method(request.method)) return page_problem(Problem::not_found);
  auto session = begin(app, request, {.passive = true, .with_user = true, .keep_bad_cookie = true});
  if (!session) return page_problem(Problem::not_found);
  Response response = page_problem(Problem::not_found, {.asker = asker(*session)});
  session->apply(response);
  return response;
}

Response no_handler(const Route& route, const Request& request) {
  const bool asked = request.method == "OPTIONS";
  Response response = asked ? Response{} : problem_at(request.path, Problem::method_not_allowed);
  if (asked) response.status = 204;
  response.headers.emplace_back("Allow", allowed_methods(route));
  return response;
}

Response respond(App& app, const Request& request, const Route& route, AuthSession& session) {
  if (session.state() == AuthState::refused) return answer_foreign_page(request, session);
  if (!guard::is_safe_method(request.method) && !accepts_body(request, route.body)) {
    return problem_at(request.path, Problem::unsupported_media_type);
  }
  return find_handler(route, request.method)(app, request, session);
}

bool is_plain(const Route& route, const Request& request) noexcept {
  return route.plain != nullptr && (request.method == "GET" || request.method == "HEAD");
}

Response answer(App& app, const Request& request) {
  const Route* route = find_route(request.path);
  if (route == nullptr) return not_found(app, request);
  if (is_plain(*route, request)) return route->plain(app, request);
  if (find_handler(*route, request.method) == nullptr) return no_handler(*route, request);
  // What hashes brings a password (R80).
  std::optional<WipeFreed> wiping;
  const bool writes = !guard::is_safe_method(request.method);
  if (writes && route->write_lane == Lane::hashing) wiping.emplace();
  auto session = begin(app, request, begin_options(*route, request));
  if (!session) return problem_at(request.path, problem_of(session.error().code));
  Response response = respond(app, request, *route, *session);
  session->apply(response);
  return response;
}

}  // namespace

struct Service::Impl {
  App app;
};

Service::Service(Auth& auth, const ServiceOptions& options) {
  const Clock* clock = auth.options().clock;
  impl_.reset(new Impl{{.auth = auth,
                        .clock = clock == nullptr ? system_clock() : *clock,
                        .staleness = options.staleness,
                        .readiness = options.readiness}});
}

Service::~Service() = default;

Lane Service::lane(const Request& request) const noexcept {
  const Route* route = find_route(request.path);
  if (route == nullptr) return Lane::inline_read;
  // No probe is made for the request, and a queue full of others must not make this node unready.
  if (route->plain == get_readyz && impl_->app.readiness != nullptr) return Lane::inline_read;
  if (is_plain(*route, request)) return route->read_lane;
  if (find_handler(*route, request.method) == nullptr) return Lane::inline_read;
  const Lane lane = guard::is_safe_method(request.method) ? route->read_lane : route->write_lane;
  if (lane != Lane::inline_read) return lane;
  return impl_->app.auth.takes_over(view_of(request)) ? Lane::blocking : lane;
}

Response Service::handle(const Request& request) {
  try {
    return answer(impl_->app, request);
  } catch (const std::exception&) {
    // Only memory can run out here; the text of an exception is not for clients (R153).
    log(LogLevel::error, "internal_error", {{"path", pattern_of(request.path)}});
    return problem_at(request.path, Problem::overloaded);
  }
}

void Service::drain() noexcept { impl_->app.draining = true; }

}  // namespace latchkey::http
