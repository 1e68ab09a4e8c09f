#include "http/api/api.h"
#include "http/api/problem.h"
#include "http/api/session_json.h"
#include "http/pages/form.h"
#include "latchkey/browser_client.h"

namespace latchkey::http {

std::optional<bool> wants_fresh(const Request& request) {
  if (request.query.empty()) return false;
  const auto query = Form::parse(request.query);
  if (!query) return std::nullopt;
  if (!query->has("fresh")) return false;
  if (query->get("fresh") != "1") return std::nullopt;
  return true;
}

Response api_problem(const AuthSession& session) {
  Response response;
  response.status = session.status();
  response.content_type = kProblemType;
  response.body = session.problem();
  return response;
}

Response session_response(const App& app, AuthSession& session, int status) {
  const auto user = session.user();
  if (!user) return api_problem(session);
  Response response;
  response.status = status;
  response.content_type = "application/json; charset=utf-8";
  response.body = session_and_user_json(*session.record(), *user, app.clock.now());
  return response;
}

// The hot path: one look-up, one string.
Response api_get_session(App& app, const Request& request, AuthSession& session) {
  if (!wants_fresh(request)) return problem_response(Problem::bad_query);
  if (session.record() != nullptr) return session_response(app, session);
  session.require();
  return api_problem(session);
}

Response api_session_status(App& app, const Request&, AuthSession& session) {
  Response response;
  response.content_type = "application/json; charset=utf-8";
  response.body = session_status(session, app.clock);
  return response;
}

Response api_refresh_session(App& app, const Request&, AuthSession& session) {
  return session.touch() ? session_response(app, session) : api_problem(session);
}

}  // namespace latchkey::http
