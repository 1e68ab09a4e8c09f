#include "codec/json/json.h"
#include "http/address.h"
#include "http/api/api.h"
#include "http/api/problem.h"
#include "http/api/session_json.h"

// The e-mail address of who asks, and the link that confirms it. docs/recovery.md
namespace latchkey::http {
namespace {

Response address_response(const UserAddress& address, int status) {
  Response response;
  response.status = status;
  response.content_type = "application/json; charset=utf-8";
  std::string& out = response.body = "{\"email\":";
  if (address.address.empty()) {
    out.append("null");
  } else {
    append_text(out, address.address);
  }
  out.append(address.verified ? ",\"verified\":true}\n" : ",\"verified\":false}\n");
  return response;
}

Response ask_link(App& app, AuthSession& session, const codec::Json& body) {
  if (!session.require({.max_auth_age = app.recent})) return api_problem(session);
  const codec::Json* const given = body.find("email");
  if (given != nullptr && given->string() == nullptr) return problem_response(Problem::bad_field);
  const auto user = session.user();
  if (!user) return api_problem(session);
  if (*user == nullptr) return problem_response(Problem::user_not_found);
  std::optional<std::string_view> wanted;
  if (given != nullptr) wanted = *given->string();
  const AddressAsked asked = ask_for_link(app, session, **user, wanted);
  if (asked.problem == Problem::rate_limited) return rate_limited_response(asked.retry_after);
  if (asked.problem) return problem_response(*asked.problem);
  return address_response(asked.address, asked.address.verified ? 200 : 202);
}

Response confirm(App& app, AuthSession& session, const codec::Json& body) {
  const std::string* token = string_at(body, "token");
  if (token == nullptr) return problem_response(Problem::bad_field);
  const auto use = app.recovery->look_at_verification(*token, session.user_id());
  if (!use) return problem_response(problem_of(use.error().code));
  if (*use == LinkUse::its_user && !session.require()) return api_problem(session);
  auto proven = app.recovery->confirm_address(*token, session.user_id(), session.client());
  if (!proven) return problem_response(problem_of(proven.error().code));
  if (!*proven) return problem_response(Problem::link_unknown);
  return address_response({std::move((*proven)->address), true}, 200);
}

}  // namespace

Response api_get_email(App& app, const Request&, AuthSession& session) {
  if (app.recovery == nullptr) return problem_response(Problem::mail_not_configured);
  if (!session.require()) return api_problem(session);
  const auto user = session.user();
  if (!user) return api_problem(session);
  if (*user == nullptr) return problem_response(Problem::user_not_found);
  return address_response(address_of(**user), 200);
}

Response api_verify_email(App& app, const Request& request, AuthSession& session) {
  if (app.recovery == nullptr) return problem_response(Problem::mail_not_configured);
  return answer_body(app, request, session, ask_link);
}

Response api_confirm_email(App& app, const Request& request, AuthSession& session) {
  if (app.recovery == nullptr) return problem_response(Problem::mail_not_configured);
  return answer_body(app, request, session, confirm);
}

}  // namespace latchkey::http
