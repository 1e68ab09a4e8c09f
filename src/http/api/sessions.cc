#include <charconv>

#include "codec/json/json.h"
#include "http/api/api.h"
#include "http/api/problem.h"
#include "http/api/session_json.h"
#include "http/pages/form.h"

namespace latchkey::http {
namespace {

constexpr std::size_t kMaxPage = 100;

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

std::size_t read_limit(const Form& query) noexcept {
  if (!query.has("limit")) return 50;
  const std::string_view text = query.get("limit");
  std::size_t limit = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (failed != std::errc{} || end != text.data() + text.size() || limit > kMaxPage) return 0;
  return limit;
}

std::string_view why_one_session(const App& app) noexcept {
  if (!app.stateless()) return {};
  return "Only this session is shown: here a session lives in its cookie alone, and no list of "
         "them is kept.";
}

std::optional<bool> read_wait(const Request& request) {
  const auto query = Form::parse(request.query);
  if (!query) return std::nullopt;
  if (!query->has("wait")) return false;
  if (query->get("wait") != "1") return std::nullopt;
  return true;
}

Response api_list_sessions(App& app, const Request& request, AuthSession& session) {
  if (!session.require()) return api_problem(session);
  const auto query = Form::parse(request.query);
  if (!query) return problem_response(Problem::bad_query);
  const std::size_t limit = read_limit(*query);
  if (limit == 0) return problem_response(Problem::bad_query);
  const auto page = session.devices(query->get("after"), limit);
  if (!page && page.error().code == Errc::invalid_argument) {
    return problem_response(Problem::bad_query);
  }
  if (!page) return api_problem(session);
  Response response;
  response.content_type = "application/json; charset=utf-8";
  response.body = sessions_json(*page, session.record()->id, why_one_session(app), app.clock.now());
  return response;
}

Response api_end_sessions(App& app, const Request& request, AuthSession& session) {
  if (!session.require()) return api_problem(session);
  const auto query = Form::parse(request.query);
  const std::string_view scope = query ? query->get("scope") : std::string_view{};
  const auto wait = read_wait(request);
  if (!wait || (scope != "others" && scope != "all")) return problem_response(Problem::bad_query);
  if (!recent_enough(app, session)) return api_problem(session);
  const auto ended = scope == "all" ? session.log_out_everywhere() : session.log_out_others();
  if (!ended) return api_problem(session);
  Response response;
  response.content_type = "application/json; charset=utf-8";
  // Nobody counts sessions that live in their cookies.
  response.body = "{\"ended\":" + (app.stateless() ? "null" : std::to_string(*ended)) + "}\n";
  if (*wait && (app.stateless() || *ended != 0)) response.hold = app.staleness;
  return response;
}

Response api_end_session(App& app, const Request& request, AuthSession& session) {
  if (!session.require()) return api_problem(session);
  const auto wait = read_wait(request);
  if (!wait) return problem_response(Problem::bad_query);
  const auto id = SessionId::parse(request.path.substr(kSessionPath.size()));
  if (!id) return problem_response(Problem::session_not_found);
  const bool own = *id == session.record()->id;
  if (!own && !recent_enough(app, session)) return api_problem(session);
  const auto ended = session.end_device(*id);
  if (!ended) return api_problem(session);
  if (!*ended) return problem_response(Problem::session_not_found);
  Response response;
  response.status = 204;
  if (*wait) response.hold = app.staleness;
  return response;
}

}  // namespace latchkey::http
