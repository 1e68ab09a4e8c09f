#include "codec/text/time_text.h"
#include "http/api/api.h"
#include "http/api/event_json.h"
#include "http/api/problem.h"
#include "http/api/session_json.h"
#include "http/device.h"
#include "http/pages/form.h"

namespace latchkey::http {

void append_event(std::string& out, const Event& event) {
  out.append("{\"id\":\"").append(event.id);
  codec::append_rfc3339(out.append("\",\"at\":\""), event.at);
  out.append("\",\"kind\":\"").append(event_kind_name(event.kind));
  out.append("\",\"session_id\":");
  append_text(out, event.session_id.text());
  out.append(",\"reason\":");
  append_text(out, event.reason);
  out.append(",\"device\":");
  append_text(out, event.user_agent.empty() ? std::string{} : describe_device(event.user_agent));
  out.append(",\"user_agent\":");
  append_text(out, event.user_agent);
  out.append(",\"address\":");
  append_text(out, event.address);
  out.append(",\"request_id\":");
  append_text(out, event.request_id);
  out += '}';
}

Response api_list_events(App&, const Request& request, AuthSession& session) {
  if (!session.require()) return api_problem(session);
  const auto query = Form::parse(request.query);
  const std::size_t limit = query ? read_limit(*query) : 0;
  if (limit == 0) return problem_response(Problem::bad_query);
  const auto page = session.events(query->get("after"), limit);
  if (!page && page.error().code == Errc::invalid_argument) {
    return problem_response(Problem::bad_query);
  }
  if (!page) return api_problem(session);
  Response response;
  response.content_type = "application/json; charset=utf-8";
  std::string& out = response.body = "{\"events\":[";
  for (const Event& event : page->events) {
    if (out.back() == '}') out += ',';
    append_event(out, event);
  }
  out += ']';
  if (!page->next.empty()) {
    out.append(",\"next\":");
    append_text(out, page->next);
  }
  out.append("}\n");
  return response;
}

}  // namespace latchkey::http
