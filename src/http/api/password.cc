#include "base/log.h"
#include "codec/json/json.h"
#include "http/api/api.h"
#include "http/api/problem.h"
#include "http/visitor.h"

namespace latchkey::http {
namespace {

Response change(App& app, const Request& request, const Visitor& visitor, std::string_view current,
                std::string_view replacement) {
  const SessionRecord& session = *visitor.session;
  auto changed = app.accounts.change_password(session.user_id, current, replacement, &session);
  if (!changed) return api_failure(changed.error(), request);
  log(LogLevel::info,
      changed->rejection == Rejection::none ? "password_changed" : "password_not_changed",
      {{"reason", rejection_name(changed->rejection)},
       {"user_id", session.user_id.text()},
       {"address", client_of(app, request)}});
  if (changed->rejection != Rejection::none) {
    return problem_response(problem_of(changed->rejection));
  }
  Response response;
  response.status = 204;
  if (!changed->kept) return response;
  auto cookies = write_cookies(app, request, changed->kept->token, changed->kept->record);
  if (!cookies) return api_failure(cookies.error(), request);
  set_cookie_headers(response, std::move(*cookies));
  return response;
}

}  // namespace

Response api_change_password(App& app, const Request& request) {
  // A snapshot is not enough here, nor is a copy in a cache.
  auto visitor = identify(app, request, {.touch = false, .fresh = true});
  if (!visitor) return api_failure(visitor.error(), request);
  if (!visitor->signed_in()) return problem_response(problem_of(visitor->state));
  auto body = codec::parse_json(request.body);
  if (!body || body->object() == nullptr) return problem_response(Problem::bad_json);
  const codec::Json* current = body->find("current_password");
  const codec::Json* replacement = body->find("new_password");
  const bool complete = current != nullptr && current->string() != nullptr &&
                        replacement != nullptr && replacement->string() != nullptr;
  Response response =
      complete ? change(app, request, *visitor, *current->string(), *replacement->string())
               : problem_response(Problem::bad_field);
  wipe_strings(*body);
  return response;
}

}  // namespace latchkey::http
