#include "http/visitor.h"

#include <vector>

#include "base/log.h"
#include "codec/cookie/chunks.h"
#include "http/cookie_lines.h"
#include "latchkey/cookie.h"

namespace latchkey::http {
namespace {

// Presented is what came under the session cookie's name.
struct Presented {
  CookieMatch::State state = CookieMatch::State::absent;
  std::string_view value{};  // points into a header line
  std::string joined{};      // or what chunks hold together
};

// More lines than anybody's browser sends count as no session, as a duplicate does.
Presented look_at_cookie(const App& app, const Request& request) {
  const CookieLines lines(request);
  if (lines.too_many()) return {.state = CookieMatch::State::duplicated};
  const SessionsOptions& options = app.sessions.options();
  const CookieMatch match = find_cookie(lines.get(), options.cookie.name);
  if (match.state != CookieMatch::State::absent || options.max_chunks == 1) {
    return {.state = match.state, .value = match.value};
  }
  auto joined = app.sessions.read_cookie(lines.get());
  if (joined) return {.state = CookieMatch::State::found, .joined = std::move(*joined)};
  return {.state = codec::stale_chunks(lines.get(), options.cookie.name, {}).empty()
                       ? CookieMatch::State::absent
                       : CookieMatch::State::duplicated};
}

}  // namespace

Result<Visitor> identify(App& app, const Request& request, const LookOptions& options) {
  Visitor visitor;
  const Presented shown = look_at_cookie(app, request);
  if (shown.state == CookieMatch::State::absent) return visitor;
  visitor.has_cookie = true;
  if (shown.state == CookieMatch::State::duplicated) {
    log(LogLevel::warn, "duplicate_cookie", {{"address", client_of(app, request)}});
    return visitor;
  }
  auto validation = app.sessions.validate(shown.joined.empty() ? shown.value : shown.joined,
                                          {.touch = options.touch,
                                           .with_user = !options.disabled_too,
                                           .fresh = options.fresh,
                                           .disabled_too = options.disabled_too});
  if (!validation) return validation.error();
  visitor.state = validation->state;
  visitor.keep_cookie = validation->keep_cookie;
  if (visitor.state == SessionState::none) {
    log(LogLevel::info, "bad_token", {{"address", client_of(app, request)}});
  }
  if (validation->token && validation->session) {
    auto cookies = write_cookies(app, request, *validation->token, *validation->session);
    if (!cookies) return cookies.error();
    visitor.cookies = std::move(*cookies);
  }
  visitor.session = std::move(validation->session);
  if (visitor.session) app.logins.came_back(visitor.session->id, app.clock.now());
  visitor.user = std::move(validation->user);
  return visitor;
}

std::string client_of(const App& app, const Request& request) {
  std::vector<std::string_view> forwarded;
  for (const Header& header : request.headers) {
    if (same_field(header.name, "x-forwarded-for")) forwarded.push_back(header.value);
  }
  return guard::client_address(request.peer_address, forwarded, app.proxies);
}

bool lost_cookie(const App& app, const Request& request, const Visitor& visitor) {
  if (visitor.has_cookie) return false;
  const std::string address = client_of(app, request);
  return app.logins.lost_cookie({address, request.header("user-agent").value_or("")},
                                app.clock.now());
}

Result<std::vector<std::string>> write_cookies(const App& app, const Request& request,
                                               const SessionToken& token,
                                               const SessionRecord& record) {
  return app.sessions.set_cookies(token, record, CookieLines(request).get());
}

void set_cookie_headers(Response& response, std::vector<std::string> values) {
  for (std::string& value : values) response.headers.emplace_back("Set-Cookie", std::move(value));
}

void blank_cookies(const App& app, const Request& request, Response& response) {
  set_cookie_headers(response, app.sessions.blank_cookies(CookieLines(request).get()));
}

void blank_bad_cookie(const App& app, const Request& request, const Visitor& visitor,
                      Response& response) {
  if (!visitor.has_cookie || visitor.state == SessionState::active) return;
  if (visitor.keep_cookie || request.header("sec-purpose")) return;
  blank_cookies(app, request, response);
}

}  // namespace latchkey::http
