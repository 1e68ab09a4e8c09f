#include <charconv>

#include "codec/json/json.h"
#include "http/api/api.h"
#include "http/api/problem.h"
#include "http/api/session_json.h"
#include "http/device_sessions.h"
#include "http/login.h"
#include "http/pages/form.h"

namespace latchkey::http {
namespace {

constexpr std::size_t kMaxPage = 100;

// read_limit reads 1 to kMaxPage; 0 when it is anything else.
std::size_t read_limit(std::string_view text) noexcept {
  std::size_t limit = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (failed != std::errc{} || end != text.data() + text.size() || limit > kMaxPage) return 0;
  return limit;
}

Response not_signed_in(const Visitor& visitor) {
  return problem_response(problem_of(visitor.state));
}

std::string sessions_json(const SessionPage& page, const SessionId& current, std::string_view note,
                          UnixTime now) {
  std::string out = "{\"sessions\":[";
  for (const SessionRecord& record : page.records) {
    if (out.back() == '}') out += ',';
    append_session(out, record, now, {.current = record.id == current, .device = true});
  }
  out += ']';
  if (!page.next.empty()) {
    out.append(",\"next\":");
    append_text(out, page.next);
  }
  if (!note.empty()) {
    out.append(",\"note\":");
    append_text(out, note);
  }
  out.append("}\n");
  return out;
}

}  // namespace

std::optional<bool> read_wait(const Request& request) {
  const auto query = Form::parse(request.query);
  if (!query) return std::nullopt;
  if (!query->has("wait")) return false;
  if (query->get("wait") != "1") return std::nullopt;
  return true;
}

Response api_list_sessions(App& app, const Request& request) {
  auto visitor = identify(app, request, {});
  if (!visitor) return api_failure(visitor.error(), request);
  if (!visitor->signed_in()) return not_signed_in(*visitor);
  const auto query = Form::parse(request.query);
  if (!query) return problem_response(Problem::bad_query);
  const std::size_t limit = query->has("limit") ? read_limit(query->get("limit")) : 50;
  if (limit == 0) return problem_response(Problem::bad_query);
  auto page = list_sessions(app, request, *visitor, query->get("after"), limit);
  if (!page && page.error().code == Errc::invalid_argument) {
    return problem_response(Problem::bad_query);
  }
  if (!page) return api_failure(page.error(), request);
  Response response;
  response.content_type = "application/json; charset=utf-8";
  response.body = sessions_json(*page, visitor->session->id, why_one_session(app), app.clock.now());
  set_cookie_headers(response, std::move(visitor->cookies));
  return response;
}

Response api_end_sessions(App& app, const Request& request) {
  auto visitor = identify(app, request, {.touch = false});
  if (!visitor) return api_failure(visitor.error(), request);
  if (!visitor->signed_in()) return not_signed_in(*visitor);
  const auto query = Form::parse(request.query);
  const std::string_view scope = query ? query->get("scope") : std::string_view{};
  const auto wait = read_wait(request);
  if (!wait || (scope != "others" && scope != "all")) return problem_response(Problem::bad_query);
  auto ended = end_all_sessions(app, request, *visitor, scope == "others");
  if (!ended) return api_failure(ended.error(), request);
  Response response;
  response.content_type = "application/json; charset=utf-8";
  response.body = "{\"ended\":" + (ended->count ? std::to_string(*ended->count) : "null") + "}\n";
  set_cookie_headers(response, std::move(ended->cookies));
  if (scope == "all") add_logout_headers(app, request, response);
  if (*wait && ended->count != 0U) response.hold = app.staleness;
  return response;
}

Response api_end_session(App& app, const Request& request) {
  auto visitor = identify(app, request, {.touch = false});
  if (!visitor) return api_failure(visitor.error(), request);
  if (!visitor->signed_in()) return not_signed_in(*visitor);
  const auto wait = read_wait(request);
  if (!wait) return problem_response(Problem::bad_query);
  const auto status = end_own_session(app, *visitor, request.path.substr(kSessionPath.size()));
  if (!status) return api_failure(status.error(), request);
  if (*status == EndStatus::none) return problem_response(Problem::session_not_found);
  Response response;
  response.status = 204;
  if (*status == EndStatus::ended_current) add_logout_headers(app, request, response);
  if (*wait) response.hold = app.staleness;
  return response;
}

}  // namespace latchkey::http
