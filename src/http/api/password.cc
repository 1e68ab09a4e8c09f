#include "codec/json/json.h"
#include "http/api/api.h"
#include "http/api/problem.h"

namespace latchkey::http {
namespace {

Response change(AuthSession& session, const codec::Json& body) {
  const codec::Json* current = body.find("current_password");
  const codec::Json* replacement = body.find("new_password");
  const bool complete = current != nullptr && current->string() != nullptr &&
                        replacement != nullptr && replacement->string() != nullptr;
  if (!complete) return problem_response(Problem::bad_field);
  const auto changed = session.change_password(*current->string(), *replacement->string());
  if (!changed) return api_problem(session);
  if (*changed != Rejection::none) return problem_response(problem_of(*changed));
  Response response;
  response.status = 204;
  return response;
}

}  // namespace

Response api_change_password(App&, const Request& request, AuthSession& session) {
  if (!session.require()) return api_problem(session);
  auto body = codec::parse_json(request.body);
  if (!body || body->object() == nullptr) return problem_response(Problem::bad_json);
  Response response = change(session, *body);
  wipe_strings(*body);
  return response;
}

}  // namespace latchkey::http
