#include "http/health.h"

#include "http/api/api.h"
#include "http/api/problem.h"
#include "http/pages/assets.h"
#include "http/pages/pages.h"
#include "http/readiness.h"
#include "http/routes.h"

namespace latchkey::http {
namespace {

Response plain(std::string_view text) {
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = text;
  return response;
}

bool is_read(const Request& request) noexcept {
  return request.method == "GET" || request.method == "HEAD";
}

}  // namespace

Response not_ready(Errc cause) {
  Response response = problem_response(Problem::store_unavailable);
  const std::size_t end = response.body.rfind('}');
  response.body.insert(end, std::string(",\"cause\":\"").append(error_name(cause)).append("\""));
  return response;
}

Response get_livez(App&, const Request&) { return plain("alive\n"); }

Response get_readyz(App& app, const Request&) {
  if (app.draining) return problem_response(Problem::draining);
  if (app.readiness != nullptr) {
    const auto cause = app.readiness->cause();
    return cause ? not_ready(*cause) : plain("ready\n");
  }
  const auto checked = app.auth.check();
  if (checked) return plain("ready\n");
  auth::log_failure(checked.error(), "/readyz");
  return not_ready(checked.error().code);
}

Response answer_without_store(const Request& request, const NoStore& state) {
  if (is_read(request)) {
    if (request.path == "/livez") return plain("alive\n");
    if (request.path == "/readyz") {
      return state.draining ? problem_response(Problem::draining) : not_ready(state.cause);
    }
    if (auto asset = asset_at(request)) return std::move(*asset);
  }
  return problem_at(request.path, Problem::store_unavailable);
}

}  // namespace latchkey::http
