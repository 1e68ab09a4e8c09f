#include "http/service.h"

#include <exception>
#include <optional>

#include "base/log.h"
#include "base/wipe_freed.h"
#include "http/api/api.h"
#include "http/api/problem.h"
#include "http/app.h"
#include "http/origin_guard.h"
#include "http/pages/pages.h"
#include "http/routes.h"
#include "http/takeover.h"
#include "http/visitor.h"
#include "latchkey/origin_check.h"

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

Response call(App& app, const Request& request, const Route& route, Handler handler) {
  if (!app.migration || !route.session) return handler(app, request);
  return app.migration->answer(app, request, handler);
}

Response answer(App& app, const Request& request) {
  const Route* route = find_route(request.path);
  if (route == nullptr) {
    return is_api_path(request.path) ? problem_response(Problem::not_found)
                                     : page_not_found(app, request);
  }
  const Handler handler = find_handler(*route, request.method);
  if (handler == nullptr) {
    const bool asked = request.method == "OPTIONS";
    Response response = asked ? Response{} : problem_at(request.path, Problem::method_not_allowed);
    if (asked) response.status = 204;
    response.headers.emplace_back("Allow", allowed_methods(*route));
    return response;
  }
  if (guard::is_safe_method(request.method)) return call(app, request, *route, handler);
  // What hashes brings a password (R80).
  std::optional<WipeFreed> wiping;
  if (route->write_lane == Lane::hashing) wiping.emplace();
  // Before anything looks at the session (R51). Of the API only JSON is accepted anyway, which no
  // foreign page can send unasked, so curl without Origin may pass.
  if (auto refused = refuse_foreign(app, request, *route)) return std::move(*refused);
  if (!accepts_body(request, route->body)) {
    return problem_at(request.path, Problem::unsupported_media_type);
  }
  return call(app, request, *route, handler);
}

}  // namespace

struct Service::Impl {
  App app;
};

Service::Service(Store& store, Sessions& sessions, Accounts& accounts, ServiceOptions options) {
  const Clock* clock = sessions.options().clock;
  impl_.reset(new Impl{{.store = store,
                        .sessions = sessions,
                        .accounts = accounts,
                        .clock = clock == nullptr ? system_clock() : *clock,
                        .url = std::nullopt,
                        .proxies = {},
                        .staleness = options.staleness,
                        .migration = std::move(options.migration),
                        .readiness = options.readiness}});
  if (auto url = PublicUrl::parse(options.public_url)) impl_->app.url = std::move(*url);
  if (auto proxies = guard::TrustedProxies::parse(options.trusted_proxies)) {
    impl_->app.proxies = std::move(*proxies);
  }
}

Service::~Service() = default;

Lane Service::lane(const Request& request) const noexcept {
  const Route* route = find_route(request.path);
  if (route == nullptr || find_handler(*route, request.method) == nullptr) return Lane::inline_read;
  // No probe is made for the request, and a queue full of others must not make this node unready.
  if (route->get == get_readyz && impl_->app.readiness != nullptr) return Lane::inline_read;
  const Lane lane = guard::is_safe_method(request.method) ? route->read_lane : route->write_lane;
  if (lane != Lane::inline_read || !route->session || !impl_->app.migration) return lane;
  return impl_->app.migration->wants(impl_->app, request) ? Lane::blocking : lane;
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
