#include "http/login.h"
#include "codec/json/json.h"
#include "http/api/api.h"
#include "http/api/problem.h"
#include "http/api/session_json.h"
#include "latchkey/secret.h"

namespace latchkey::http {
namespace {

Response enter_with(App& app, const Request& request, Entrance entrance, const codec::Json& body) {
  const codec::Json* username = body.find("username");
  const codec::Json* password = body.find("password");
  const codec::Json* remember = body.find("remember");
  const bool complete = username != nullptr && username->string() != nullptr &&
                        password != nullptr && password->string() != nullptr &&
                        (remember == nullptr || remember->boolean() != nullptr);
  if (!complete) return problem_response(Problem::bad_field);

  const Credentials credentials{*username->string(), *password->string()};
  auto entry =
      enter(app, request, entrance, credentials, remember == nullptr || *remember->boolean());
  if (!entry) return api_failure(entry.error(), request);
  if (entry->rejection != Rejection::none) return problem_response(problem_of(entry->rejection));
  Response response;
  response.status = entrance == Entrance::sign_up ? 201 : 200;
  response.content_type = "application/json; charset=utf-8";
  response.body = session_and_user_json(*entry->session, entry->user, app.clock.now());
  set_cookie_headers(response, std::move(entry->cookies));
  return response;
}

Response enter_api(App& app, const Request& request, Entrance entrance) {
  auto body = codec::parse_json(request.body);
  if (!body || body->object() == nullptr) return problem_response(Problem::bad_json);
  Response response = enter_with(app, request, entrance, *body);
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

Response api_sign_up(App& app, const Request& request) {
  return enter_api(app, request, Entrance::sign_up);
}

Response api_log_in(App& app, const Request& request) {
  return enter_api(app, request, Entrance::log_in);
}

Response api_log_out(App& app, const Request& request) {
  const auto wait = read_wait(request);
  if (!wait) return problem_response(Problem::bad_query);
  const auto left = leave(app, request);
  if (!left) return api_failure(left.error(), request);
  Response response;
  response.status = 204;
  add_logout_headers(app, request, response);
  // Nothing ended, so no node has anything to forget: a stranger is not worth a held connection.
  if (*wait && *left) response.hold = app.staleness;
  return response;
}

}  // namespace latchkey::http
