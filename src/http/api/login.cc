#include "codec/json/json.h"
#include "http/api/api.h"
#include "http/api/problem.h"
#include "http/entrance.h"
#include "latchkey/secret.h"

namespace latchkey::http {
namespace {

Response enter_with(App& app, AuthSession& session, Entrance entrance, const codec::Json& body) {
  const codec::Json* username = body.find("username");
  const codec::Json* password = body.find("password");
  const codec::Json* remember = body.find("remember");
  const bool complete = username != nullptr && username->string() != nullptr &&
                        password != nullptr && password->string() != nullptr &&
                        (remember == nullptr || remember->boolean() != nullptr);
  if (!complete) return problem_response(Problem::bad_field);

  const Credentials credentials{*username->string(), *password->string()};
  const auto entered =
      enter(app, session, entrance, credentials, remember == nullptr || *remember->boolean());
  if (!entered) return api_problem(session);
  if (*entered != Rejection::none) return problem_response(problem_of(*entered));
  return session_response(app, session, entrance == Entrance::sign_up ? 201 : 200);
}

Response enter_api(App& app, const Request& request, AuthSession& session, Entrance entrance) {
  auto body = codec::parse_json(request.body);
  if (!body || body->object() == nullptr) return problem_response(Problem::bad_json);
  Response response = enter_with(app, session, entrance, *body);
  wipe_strings(*body);
  return response;
}

}  // namespace

void wipe_strings(codec::Json& body) noexcept {
  auto* members = std::get_if<codec::Json::Object>(&body.value);
  if (members == nullptr) return;
  for (auto& [name, member] : *members) {
    if (auto* text = std::get_if<std::string>(&member.value)) wipe(text->data(), text->size());
  }
}

Response api_sign_up(App& app, const Request& request, AuthSession& session) {
  return enter_api(app, request, session, Entrance::sign_up);
}

Response api_log_in(App& app, const Request& request, AuthSession& session) {
  return enter_api(app, request, session, Entrance::log_in);
}

Response api_log_out(App& app, const Request& request, AuthSession& session) {
  const auto wait = read_wait(request);
  if (!wait) return problem_response(Problem::bad_query);
  const auto left = session.log_out();
  if (!left) return api_problem(session);
  Response response;
  response.status = 204;
  // Nothing ended, so no node has anything to forget: a stranger is not worth a held connection.
  if (*wait && *left) response.hold = app.staleness;
  return response;
}

}  // namespace latchkey::http
