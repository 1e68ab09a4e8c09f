#include "http/api/api.h"
#include "http/api/problem.h"
#include "http/api/session_json.h"
#include "http/cookie_lines.h"
#include "http/pages/form.h"
#include "http/visitor.h"

namespace latchkey::http {
namespace {

// read_fresh reads ?fresh=: whether the store is to be asked and not a copy. Nothing: it has a
// value that is not allowed.
std::optional<bool> read_fresh(const Request& request) {
  if (request.query.empty()) return false;
  const auto query = Form::parse(request.query);
  if (!query) return std::nullopt;
  if (!query->has("fresh")) return false;
  if (query->get("fresh") != "1") return std::nullopt;
  return true;
}

Response session_response(const App& app, const SessionRecord& record,
                          const std::optional<User>& user) {
  Response response;
  response.content_type = "application/json; charset=utf-8";
  response.body = session_and_user_json(record, user, app.clock.now());
  return response;
}

}  // namespace

Response api_failure(const Error& error, const Request& request) {
  log_failure(error, request);
  return problem_response(problem_of(error.code));
}

// The hot path: one look-up, one string.
Response api_get_session(App& app, const Request& request) {
  const auto fresh = read_fresh(request);
  if (!fresh) return problem_response(Problem::bad_query);
  auto visitor = identify(app, request, {.touch = false, .fresh = *fresh});
  if (!visitor) return api_failure(visitor.error(), request);
  if (!visitor->session) return problem_response(problem_of(visitor->state));
  return session_response(app, *visitor->session, visitor->user);
}

Response api_refresh_session(App& app, const Request& request) {
  auto visitor = identify(app, request, {});
  if (!visitor) return api_failure(visitor.error(), request);
  if (!visitor->session) return problem_response(problem_of(visitor->state));
  const auto presented = app.sessions.read_cookie(CookieLines(request).get());
  auto touched = app.sessions.touch(*visitor->session, presented.value_or(""));
  if (!touched && touched.error().code == Errc::not_found) {  // it ended in between
    visitor = identify(app, request, {.touch = false, .fresh = true});
    if (!visitor) return api_failure(visitor.error(), request);
    return problem_response(problem_of(visitor->state));
  }
  if (!touched) return api_failure(touched.error(), request);
  if (touched->token) {
    auto cookies = write_cookies(app, request, *touched->token, touched->record);
    if (!cookies) return api_failure(cookies.error(), request);
    visitor->cookies = std::move(*cookies);
  }
  Response response = session_response(app, touched->record, visitor->user);
  set_cookie_headers(response, std::move(visitor->cookies));
  return response;
}

}  // namespace latchkey::http
