#include "codec/json/json.h"
#include "http/api/api.h"
#include "http/api/problem.h"

namespace latchkey::http {
namespace {

Response change(App& app, AuthSession& session, const codec::Json& body) {
  const std::string* current = string_at(body, "current_password");
  const std::string* replacement = string_at(body, "new_password");
  if (current == nullptr || replacement == nullptr) return problem_response(Problem::bad_field);
  const auto changed = session.change_password(*current, *replacement);
  if (!changed) return api_problem(session);
  if (*changed != Rejection::none) return problem_response(problem_of(*changed));
  if (app.recovery != nullptr) app.recovery->tell_changed(session.user_id());
  Response response;
  response.status = 204;
  return response;
}

Response reauthenticate(App& app, AuthSession& session, const codec::Json& body) {
  const std::string* password = string_at(body, "password");
  if (password == nullptr) return problem_response(Problem::bad_field);
  const auto proven = session.reauthenticate(*password);
  if (!proven) return api_problem(session);
  if (*proven != Rejection::none) return problem_response(problem_of(*proven));
  return session_response(app, session);
}

}  // namespace

const std::string* string_at(const codec::Json& body, std::string_view name) noexcept {
  const codec::Json* member = body.find(name);
  return member == nullptr ? nullptr : member->string();
}

Response answer_body(App& app, const Request& request, AuthSession& session, BodyAnswer answer) {
  auto body = codec::parse_json(request.body);
  if (!body || body->object() == nullptr) return problem_response(Problem::bad_json);
  Response response = answer(app, session, *body);
  wipe_strings(*body);
  return response;
}

Response api_change_password(App& app, const Request& request, AuthSession& session) {
  if (!session.require()) return api_problem(session);
  return answer_body(app, request, session, change);
}

Response api_reauthenticate(App& app, const Request& request, AuthSession& session) {
  if (!session.require()) return api_problem(session);
  return answer_body(app, request, session, reauthenticate);
}

}  // namespace latchkey::http
