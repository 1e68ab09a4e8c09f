#include "codec/json/json.h"
#include "http/api/api.h"
#include "http/api/problem.h"

// Forgotten passwords and deleted accounts. docs/recovery.md
namespace latchkey::http {
namespace {

// The answer is the same whether there is such a user or not (R91).
Response forgot(App& app, AuthSession& session, const codec::Json& body) {
  const std::string* username = string_at(body, "username");
  if (username == nullptr) return problem_response(Problem::bad_field);
  const auto asked = app.recovery->forgot_password(*username, session.client());
  if (!asked) return problem_response(problem_of(asked.error().code));
  if (asked->rejection != Rejection::none) return rate_limited_response(asked->retry_after);
  Response response;
  response.status = 202;
  response.content_type = "application/json; charset=utf-8";
  response.body = "{}\n";
  return response;
}

Response reset(App& app, AuthSession& session, const codec::Json& body) {
  const std::string* token = string_at(body, "token");
  const std::string* password = string_at(body, "new_password");
  if (token == nullptr || password == nullptr) return problem_response(Problem::bad_field);
  const auto done = app.recovery->reset_password(*token, *password, session.client());
  if (!done) return problem_response(problem_of(done.error().code));
  if (done->rejection != Rejection::none) return problem_response(problem_of(done->rejection));
  if (!done->ended) return problem_response(Problem::link_unknown);
  Response response;
  response.status = 204;
  return response;
}

}  // namespace

Response rate_limited_response(Millis retry_after) {
  Response response = problem_response(Problem::rate_limited);
  for (auto& [name, value] : response.headers) {
    if (name == "Retry-After") value = whole_seconds(retry_after);
  }
  return response;
}

std::string whole_seconds(Millis time) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count());
}

Response api_forgot_password(App& app, const Request& request, AuthSession& session) {
  if (app.recovery == nullptr) return problem_response(Problem::mail_not_configured);
  return answer_body(app, request, session, forgot);
}

Response api_reset_password(App& app, const Request& request, AuthSession& session) {
  if (app.recovery == nullptr) return problem_response(Problem::mail_not_configured);
  return answer_body(app, request, session, reset);
}

Response api_delete_user(App& app, const Request&, AuthSession& session) {
  if (!session.require({.max_auth_age = app.recent})) return api_problem(session);
  const auto deleted = session.delete_user();
  if (!deleted) return api_problem(session);
  if (!*deleted) return problem_response(Problem::not_found);
  Response response;
  response.status = 204;
  return response;
}

}  // namespace latchkey::http
