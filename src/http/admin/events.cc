#include "codec/text/time_text.h"
#include "http/admin/operator_json.h"
#include "http/admin/parts.h"
#include "http/api/problem.h"

namespace latchkey::http::admin {
namespace {

bool read_time(const Form& query, std::string_view name, UnixTime& out) {
  if (!query.has(name)) return true;
  const auto time = codec::parse_rfc3339(query.get(name));
  if (time) out = *time;
  return time.has_value();
}

// read_filters reads all but whose events they are. Nothing: a name or a value is not known, and a
// misspelt filter must not show everything.
std::optional<EventQuery> read_filters(const Form& query) {
  const auto page = read_page(query);
  if (!page) return std::nullopt;
  EventQuery asked{.after = page->after, .limit = page->limit};
  std::size_t known = 0;
  for (const std::string_view name :
       {"limit", "after", "kind", "since", "until", "order", "username", "user_id"}) {
    known += query.has(name) ? 1 : 0;
  }
  if (query.has("kind")) {
    asked.kind = event_kind(query.get("kind"));
    if (!asked.kind) return std::nullopt;
  }
  if (query.has("order")) {
    asked.oldest_first = query.get("order") == "oldest";
    if (!asked.oldest_first && query.get("order") != "newest") return std::nullopt;
  }
  const bool fine = known == query.size() && !(query.has("username") && query.has("user_id")) &&
                    read_time(query, "since", asked.since) &&
                    read_time(query, "until", asked.until);
  return fine ? std::optional(std::move(asked)) : std::nullopt;
}

}  // namespace

Response list_events(Desk& desk, const Request& request) {
  const auto query = Form::parse(request.query);
  auto asked = query ? read_filters(*query) : std::nullopt;
  if (!asked) return problem_response(Problem::bad_query);
  if (query->has("username") || query->has("user_id")) {
    const auto owner = find_owner(desk, query->get("username"), query->get("user_id"));
    if (!owner) return answer_failure(owner.error());
    if (!*owner) return problem_response(Problem::user_not_found);
    asked->user_id = **owner;
  }
  const auto page = desk.auth.engine().events().list_events(*asked);
  if (!page) return answer_failure(page.error());
  ListAnswer list("events");
  for (const Event& event : page->events) list.add(operator_json(event));
  return list.done(page->next);
}

}  // namespace latchkey::http::admin
