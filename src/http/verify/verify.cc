#include "http/verify/verify.h"

#include <algorithm>

#include "auth/request_facts.h"
#include "base/log.h"
#include "base/text.h"
#include "guard/plain_path.h"
#include "guard/site.h"
#include "http/api/session_json.h"
#include "http/verify/identity.h"
#include "latchkey/origin_check.h"
#include "latchkey/safe_redirect.h"

namespace latchkey::http {
namespace {

std::string lower_host(std::string_view authority) {
  return ascii_lower(guard::host_of(authority));
}

// Every answer tells caches in front that it holds for this request alone.
Response base_answer(int status) {
  Response response;
  response.status = status;
  response.headers.reserve(24);
  response.headers.emplace_back("X-Accel-Expires", "0");
  return response;
}

// add_cookie passes on the one cookie that is the session's own. Others go with it to delete what
// was left elsewhere; a proxy would join them into one broken line, and they are deleted at the
// next log-in.
void add_cookie(const AuthSession& session, std::string_view name, Response& response) {
  for (const HeaderLine& line : session.response_headers()) {
    const bool own = line.name == "Set-Cookie" && line.value.starts_with(name) &&
                     line.value.substr(name.size()).starts_with('=') &&
                     !line.value.substr(name.size()).starts_with("=;");
    if (own) return void(response.headers.emplace_back(line.name, line.value));
  }
}

}  // namespace

VerifyCall::VerifyCall(App& app, const Request& request, Dialect dialect, std::string_view route)
    : app_(app), settings_(app.verify.get()), request_(request), dialect_(dialect), route_(route) {
  if (const auto problem = read()) {
    log(LogLevel::warn, "verify_refused",
        {{"code", problem_text(*problem).code}, {"path", route_}, {"peer", request_.peer_address}});
    early_ = refuse(*problem);
  } else if (is_preflight() && options_.allow_preflight) {
    early_ = allow_nobody();
  }
}

// A trusted proxy is one that is named, or any with a loopback address while none is.
bool VerifyCall::trusts_peer() const {
  if (dialect_ == Dialect::own) return false;
  if (!app_.auth.options().trusted_proxies.empty()) {
    return app_.auth.trusted_proxies().contains_peer(request_.peer_address);
  }
  const auto peer = guard::Address::parse(request_.peer_address);
  return peer && peer->is_loopback();
}

std::optional<Problem> VerifyCall::read() {
  const bool trusted = trusts_peer();
  if (!trusted && dialect_ != Dialect::own) {
    log(LogLevel::warn, "verify_untrusted_peer",
        {{"path", route_}, {"peer", request_.peer_address}, {"set", "server.trusted_proxies"}});
  }
  original_ = read_original(dialect_, request_, trusted);
  if (original_.malformed) return Problem::bad_original;
  if (!read_options(trusted)) return Problem::bad_query;
  if (!guard::is_safe_method(original_.method) || may_open_socket()) read_origin();
  return dialect_ == Dialect::own ? std::nullopt : read_need();
}

bool VerifyCall::may_open_socket() const {
  return std::any_of(request_.headers.begin(), request_.headers.end(),
                     [](const Header& header) noexcept {
                       return equal_ignoring_case(header.name, "upgrade") ||
                              starts_with_ignoring_case(header.name, "sec-websocket-");
                     });
}

// own_origin is that of the application that is asked for; empty: none of this site.
std::string VerifyCall::own_origin() const {
  return guard::site_origin(original_.authority, app_.auth.public_url(),
                            app_.auth.options().cookie.domain);
}

// What changes something must come from pages of the application itself, or of allowed ones.
void VerifyCall::read_origin() {
  own_origin_ = own_origin();
  const auto origin = request_.header("origin");
  const auto& allowed = settings_.allowed_origins;
  origin_allowed_ = origin && request_.header_count("origin") == 1 &&
                    std::find(allowed.begin(), allowed.end(), *origin) != allowed.end();
}

// Behind Envoy's prefix the query is the client's. Elsewhere it is the operator's, unless it is the
// very one the client sent, or a proxy did not say which one that was.
bool VerifyCall::query_may_be_the_clients(bool trusted) const {
  if (dialect_ == Dialect::own) return false;
  if (!trusted) return true;
  if (!original_.path.empty()) return original_.query == request_.query;
  return dialect_ == Dialect::forward &&
         std::any_of(request_.headers.begin(), request_.headers.end(), [](const Header& header) {
           return starts_with_ignoring_case(header.name, "x-forwarded-");
         });
}

bool VerifyCall::read_options(bool trusted) {
  if (dialect_ == Dialect::envoy) return true;
  if (query_may_be_the_clients(trusted)) {
    options_ = VerifyOptions::parse_doubtful(request_.query);
    return true;
  }
  const auto options = VerifyOptions::parse(request_.query);
  if (options) options_ = *options;
  return options.has_value();
}

// What a rule decides by must have been told; otherwise the rule would not count.
std::optional<Problem> VerifyCall::read_need() {
  const PathRules& rules = settings_.rules;
  if (!rules.empty() &&
      (original_.path.empty() || (original_.authority.empty() && rules.name_hosts()))) {
    return Problem::original_missing;
  }
  if (original_.path.empty()) return std::nullopt;
  const auto path = guard::plain_path(original_.path);
  if (!path) {
    return settings_.allow_ambiguous_paths ? std::nullopt : std::optional(Problem::bad_original);
  }
  need_ = rules.find(lower_host(original_.authority), *path);
  return std::nullopt;
}

// A browser asks so, without any cookie, before a page of another origin may send a request.
bool VerifyCall::is_preflight() const noexcept {
  return original_.method == "OPTIONS" && request_.header("origin") &&
         request_.header("access-control-request-method");
}

RequestView VerifyCall::view() const noexcept {
  return {original_.method, original_.path, request_.peer_address, request_.headers};
}

BeginOptions VerifyCall::begin_options() const noexcept {
  return {// A cookie that was cut into several lines does not get through a proxy.
          .may_write = app_.auth.options().cookie.max_chunks == 1,
          .fresh = options_.fresh,
          .offers = false,
          .with_user = true,
          .route = route_,
          .cross_site = origin_allowed_,
          // A browser sends Origin or Sec-Fetch-Site with whatever changes something.
          .json_only = true,
          // The log-in page tells why a session has ended, and deletes its cookie.
          .keep_bad_cookie = true,
          .request_id = request_.request_id,
          .own_origin = own_origin_,
          .take_over = false,
          .stale_ok = settings_.stale};
}

Response VerifyCall::answer(Result<AuthSession> begun) const {
  if (!begun) {
    return need_.open ? allow_nobody() : refuse(problem_of(begun.error().code));
  }
  AuthSession& session = *begun;
  const auto user = session.user();
  if (!user) return need_.open ? allow_nobody() : refuse(session);
  if (!session) {
    const bool optional = options_.optional && session.state() != AuthState::refused;
    if (need_.open || optional) return allow_nobody();
  }
  const Demand demand{.level = std::max(options_.level, need_.level),
                      .max_auth_age = options_.max_auth_age,
                      .bound = options_.bound};
  if (!need_.open && !session.require(demand)) return refuse(session);
  app_.saw(session.record()->id);
  Response response = allow(session.record(), *user, session.stale_for());
  if (session.stale_for() > Millis{0} && app_.tell_stale()) log_stale(session);
  add_cookie(session, app_.auth.sessions().options().cookie.name, response);
  return response;
}

void VerifyCall::log_stale(const AuthSession& session) const {
  log(LogLevel::warn, "verify_stale",
      {{"path", route_},
       {"session", session.record()->id.text()},
       {"age_ms", std::to_string(session.stale_for().count())}});
}

Response VerifyCall::allow(const SessionRecord* session, const User* user, Millis age) const {
  Response response = base_answer(200);
  append_identity(response, settings_, {.session = session, .user = user, .age = age});
  if (dialect_ != Dialect::own) return response;
  // What Oathkeeper's authenticator `cookie_session` reads.
  response.content_type = "application/json; charset=utf-8";
  response.body = verify_json(session, user, app_.clock.now());
  return response;
}

// nginx turns every status but these into 500.
Response VerifyCall::refuse(Problem problem) const {
  Response response = problem_response(problem);
  if (dialect_ == Dialect::nginx && response.status < 500) response.status = 403;
  return response;
}

Response VerifyCall::refuse(const AuthSession& session) const {
  Response response = base_answer(session.status());
  for (const HeaderLine& line : session.response_headers()) {
    if (line.name == "WWW-Authenticate" || line.name == "Retry-After") {
      response.headers.emplace_back(line.name, line.value);
    }
  }
  std::string location = log_in_location(session);
  if (location.empty() || dialect_ == Dialect::nginx) {
    response.content_type = kProblemType;
    response.body = session.problem();
  } else {
    response.status = guard::is_safe_method(original_.method) ? 302 : 303;
  }
  if (!location.empty()) response.headers.emplace_back("Location", std::move(location));
  return response;
}

// navigation: a person waits for a page. A script that asks for HTML says so (X-Requested-With).
bool VerifyCall::navigation() const {
  return auth::RequestFacts(view()).navigation() && !is_preflight() &&
         !request_.header("x-requested-with");
}

// The log-in page cannot raise a level, nor bind a session. A host to which the cookie never gets
// would come back here again and again, and so would the log-in page itself, if a proxy asks about
// it by mistake.
std::string VerifyCall::log_in_location(const AuthSession& session) const {
  const PublicUrl& url = app_.auth.public_url();
  const AuthOptions& auth = app_.auth.options();
  const std::string_view code = session.problem_code();
  if (dialect_ == Dialect::own || !options_.redirect || session.status() != 401) return {};
  if (code == "level_required" || code == "device_binding_required") return {};
  if (!navigation()) return {};
  const std::string own = own_origin();
  const bool own_site = url.same_origin(own);
  if (own.empty() && !original_.authority.empty()) return {};
  const bool again = code == "recent_login" && !auth.reauth_path.empty();
  const std::string page = app_.base + (again ? auth.reauth_path : auth.login_path);
  if (own_site && original_.path == page) return {};
  std::string to = url.origin() + page;
  char separator = '?';
  if (!again && code != "no_session") {
    to.append(1, separator).append("reason=").append(code);
    separator = '&';
  }
  // What a form was sent to is no page to come back to.
  if (own.empty() || (original_.method != "GET" && original_.method != "HEAD")) return to;
  std::string target(original_.path);
  if (!original_.query.empty()) target.append("?").append(original_.query);
  const std::string next = guard::safe_redirect(target, "");
  if (next.empty()) return to;
  to.append(1, separator).append("next=");
  return to.append(percent_encode(own_site ? next : own + next));
}

}  // namespace latchkey::http
