#include "http/service.h"

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "base/wipe_freed.h"
#include "http/api/api.h"
#include "http/api/problem.h"
#include "http/app.h"
#include "http/foreign_page.h"
#include "http/pages/pages.h"
#include "http/routes.h"
#include "http/verify/verify.h"
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

// is_media_type tells whether `value` is `type`, alone or with charset=utf-8.
bool is_media_type(std::string_view value, std::string_view type) {
  const std::string folded = ascii_lower(value);
  const std::size_t semicolon = folded.find(';');
  if (trim_blanks(std::string_view(folded).substr(0, semicolon)) != type) return false;
  if (semicolon == std::string::npos) return true;
  const std::string_view parameter = trim_blanks(std::string_view(folded).substr(semicolon + 1));
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

// A page that is not there shows the navigation of whoever asks, if that can be found out.
constexpr BeginOptions kNotFound{.passive = true, .with_user = true, .keep_bad_cookie = true};

// Plan is what a request needs: an answer that is there, or to know who asks.
struct Plan {
  std::optional<Response> answer{};
  const Route* route = nullptr;  // nullptr: of a page that is not there
  BeginOptions options{};
  std::unique_ptr<VerifyCall> verify{};  // a proxy asks about another request

  RequestView view(const Request& request) const noexcept {
    return verify ? verify->view() : view_of(request);
  }
};

Plan plan_verify(App& app, const Request& request, const Route& route) {
  auto call = std::make_unique<VerifyCall>(app, request, *route.verify, route.path);
  if (call->early()) return {*call->early()};
  const BeginOptions options = call->begin_options();
  return {.route = &route, .options = options, .verify = std::move(call)};
}

Plan plan(App& app, const Request& request) {
  const Route* route = find_route(request.path);
  if (route == nullptr) {
    if (is_api_path(request.path)) return {problem_response(Problem::not_found)};
    if (!guard::is_safe_method(request.method)) return {page_problem(Problem::not_found)};
    return {.options = kNotFound};
  }
  if (route->verify) return plan_verify(app, request, *route);
  if (is_plain(*route, request)) return {route->plain(app, request)};
  if (find_handler(*route, request.method) == nullptr) return {no_handler(*route, request)};
  return {.route = route, .options = begin_options(*route, request)};
}

// complete answers once it is known who asks.
Response complete(App& app, const Request& request, const Plan& plan, Result<AuthSession> begun) {
  if (plan.verify) return plan.verify->answer(std::move(begun));
  const Route* route = plan.route;
  if (!begun && route == nullptr) return page_problem(Problem::not_found);
  if (!begun) return problem_at(request.path, problem_of(begun.error().code));
  AuthSession& session = *begun;
  if (session.record() != nullptr) {  // the browser did keep its cookie
    app.saw(session.record()->id);
  }
  Response response = route == nullptr
                          ? page_problem(Problem::not_found, {.asker = asker(app, session)})
                          : respond(app, request, *route, session);
  session.apply(response);
  return response;
}

// guarded lets `answer` answer. Only memory can run out in it; the text of an exception is not for
// clients (R153).
template <class Answer>
auto guarded(const Request& request, const Answer& answer) -> decltype(answer()) {
  try {
    return answer();
  } catch (const std::exception&) {
    log(LogLevel::error, "internal_error", {{"path", pattern_of(request.path)}});
    return problem_at(request.path, Problem::overloaded);
  }
}

// PendingAnswer waits for whoever may wait.
class PendingAnswer final : public Later {
 public:
  PendingAnswer(App& app, const Request& request, Plan plan, Pending pending)
      : app_(app), request_(request), plan_(std::move(plan)), pending_(std::move(pending)) {}

  Response finish() override {
    return guarded(
        request_, [this] { return complete(app_, request_, plan_, std::move(pending_).resume()); });
  }

 private:
  App& app_;
  const Request& request_;
  const Plan plan_;
  Pending pending_;
};

Attempt attempt(App& app, const Request& request) {
  Plan needs = plan(app, request);
  if (needs.answer) return std::move(*needs.answer);
  auto begun = app.auth.begin_now(needs.view(request), needs.options);
  if (!begun) return complete(app, request, needs, begun.error());
  if (auto* pending = std::get_if<Pending>(&*begun)) {
    return std::make_unique<PendingAnswer>(app, request, std::move(needs), std::move(*pending));
  }
  return complete(app, request, needs, std::get<AuthSession>(std::move(*begun)));
}

Response answer(App& app, const Request& request) {
  Plan needs = plan(app, request);
  if (needs.answer) return std::move(*needs.answer);
  // What hashes brings a password (R80).
  std::optional<WipeFreed> wiping;
  const bool writes = !guard::is_safe_method(request.method);
  if (writes && needs.route != nullptr && needs.route->write_lane == Lane::hashing) {
    wiping.emplace();
  }
  return complete(app, request, needs, app.auth.begin(needs.view(request), needs.options));
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
                        .readiness = options.readiness,
                        .verify = CurrentVerify(options.verify),
                        .base = options.base,
                        .recovery = options.recovery,
                        .recent = options.recent}});
}

Service::~Service() = default;

Lane Service::lane(const Request& request) const noexcept {
  const Route* route = find_route(request.path);
  if (route == nullptr) return Lane::inline_read;
  // No probe is made for the request, and a queue full of others must not make this node unready.
  if (route->plain == get_readyz && impl_->app.readiness != nullptr) return Lane::inline_read;
  if (route->verify) return Lane::inline_read;
  if (is_plain(*route, request)) return route->read_lane;
  if (find_handler(*route, request.method) == nullptr) return Lane::inline_read;
  const Lane lane = guard::is_safe_method(request.method) ? route->read_lane : route->write_lane;
  if (lane != Lane::inline_read) return lane;
  // A file is read faster than a request moves to another thread; a remote store is not.
  if (route->lists && impl_->app.auth.options().remote_store) return Lane::blocking;
  return impl_->app.auth.takes_over(view_of(request)) ? Lane::blocking : lane;
}

Response Service::handle(const Request& request) {
  return guarded(request, [&] { return answer(impl_->app, request); });
}

Attempt Service::try_handle(const Request& request) {
  return guarded(request, [&] { return attempt(impl_->app, request); });
}

void Service::set_verify(VerifySettings settings) {
  impl_->app.verify.replace(std::move(settings));
}

EntryTotals Service::log_ins() const noexcept { return impl_->app.log_ins.totals(); }
std::uint64_t Service::active_sessions() const noexcept {
  return impl_->app.active.estimate(impl_->app.clock.now());
}
EntryTotals Service::sign_ups() const noexcept { return impl_->app.sign_ups.totals(); }

void Service::drain() noexcept { impl_->app.draining = true; }

}  // namespace latchkey::http
