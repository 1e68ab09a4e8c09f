#include "http/api/api.h"
#include "http/api/problem.h"

namespace latchkey::http {
namespace {

Response device_response(const AuthSession& session, Result<DeviceAnswer> answer) {
  if (!answer) return api_problem(session);
  Response response;
  response.status = answer->status;
  response.content_type = answer->problem ? kProblemType : "application/json; charset=utf-8";
  response.body = std::move(answer->json);
  return response;
}

}  // namespace

Response api_register_device(App&, const Request&, AuthSession& session) {
  return device_response(session, session.register_device());
}

Response api_refresh_device(App&, const Request&, AuthSession& session) {
  return device_response(session, session.refresh_device());
}

}  // namespace latchkey::http
