#include <algorithm>
#include <vector>

#include "codec/text/time_text.h"
#include "http/admin/admin.h"
#include "http/admin/operator_json.h"
#include "http/admin/parts.h"
#include "http/api/json_out.h"
#include "http/api/problem.h"
#include "http/api/session_json.h"
#include "latchkey/carrier.h"
#include "latchkey/store/scan_store.h"

namespace latchkey::http::admin {
namespace {

// One request looks at no more sessions than this, so that it ends; the rest is asked for again.
constexpr std::size_t kMostScanned = 5000;
constexpr std::size_t kScanPage = 1000;

// Ended is what one request to end sessions did.
struct Ended {
  std::size_t count = 0;
  std::string next{};  // not empty: there is more to look at
};

Response ended_answer(const Result<Ended>& ended) {
  if (!ended) return answer_failure(ended.error());
  JsonOut out;
  out.number("ended", static_cast<std::int64_t>(ended->count)).flag("more", !ended->next.empty());
  if (!ended->next.empty()) out.text("next", ended->next);
  return json_answer(out.done());
}

Result<Ended> end_ids(Desk& desk, const std::vector<SessionId>& ids) {
  const auto removed =
      desk.auth.store().sessions().remove(ids, EndReason::revoked, desk.clock.now());
  if (!removed) return removed.error();
  return Ended{.count = *removed};
}

// Row by row, with carriers that have rows.
Result<Ended> end_older(Desk& desk, UnixTime created_before, std::string after) {
  ScanStore* scan = desk.auth.engine().scan();
  if (scan == nullptr) return Error{Errc::unsupported, "this store shows no list of all sessions"};
  Ended ended;
  for (std::size_t seen = 0; seen < kMostScanned; seen += kScanPage) {
    auto page = scan->scan(ScanKind::sessions, after, kScanPage);
    if (!page) return page.error();
    std::vector<SessionId> ids;
    for (const SessionRecord& record : page->sessions) {
      if (record.created_at < created_before) ids.push_back(record.id);
    }
    if (!ids.empty()) {
      const auto some = end_ids(desk, ids);
      if (!some) return some.error();
      ended.count += some->count;
    }
    after = std::move(page->next);
    if (after.empty()) return ended;
  }
  ended.next = std::move(after);
  return ended;
}

// Sessions that live in their cookies end by the epoch of their user, one user after another.
Result<Ended> end_all_users(Desk& desk, const std::string& after) {
  const auto page = desk.users.list(after, kScanPage);
  if (!page) return page.error();
  Ended ended{.next = page->next};
  for (const StoredUser& user : page->users) {
    const auto removed = desk.users.end_sessions(user.user.id);
    if (!removed) return removed.error();
    ended.count += removed->ids.size();
  }
  return ended;
}

// Target is whose sessions are to end.
struct Target {
  std::vector<SessionId> ids{};
  std::string username{};
  std::string user_id{};
  std::optional<UnixTime> created_before{};
  bool all = false;
  std::string after{};
};

bool read_ids(const codec::Json& list, std::vector<SessionId>& ids) {
  if (list.array() == nullptr || list.array()->size() > kMostRevoked) return false;
  for (const codec::Json& entry : *list.array()) {
    if (entry.string() == nullptr) return false;
    // What is no id is the id of no session.
    if (const auto id = SessionId::parse(*entry.string())) ids.push_back(*id);
  }
  return true;
}

// read_target reads exactly one way of naming sessions, and nothing that is not known: a misspelt
// limit must not end more than was meant.
std::optional<Target> read_target(const codec::Json& body) {
  Target target;
  int ways = 0;
  for (const auto& [name, value] : *body.object()) {
    const std::string* text = value.string();
    bool fine = text != nullptr && !text->empty();
    ways += name == "after" ? 0 : 1;
    if (name == "ids") {
      fine = read_ids(value, target.ids);
    } else if (name == "all") {
      fine = target.all = value.boolean() != nullptr && *value.boolean();
    } else if (fine && name == "username") {
      target.username = *text;
    } else if (fine && name == "user_id") {
      target.user_id = *text;
    } else if (fine && name == "created_before") {
      target.created_before = codec::parse_rfc3339(*text);
      fine = target.created_before.has_value();
    } else if (fine && name == "after") {
      target.after = *text;
    } else {
      return std::nullopt;
    }
    if (!fine) return std::nullopt;
  }
  if (ways != 1 || (!target.after.empty() && !target.all && !target.created_before)) {
    return std::nullopt;
  }
  return target;
}

Response end_target(Desk& desk, const Target& target) {
  const bool stateless = is_stateless(desk.auth.options().carrier);
  if (!target.username.empty() || !target.user_id.empty()) {
    const auto owner = find_owner(desk, target.username, target.user_id);
    if (!owner) return answer_failure(owner.error());
    if (!*owner) return problem_response(Problem::user_not_found);
    const auto removed = desk.users.end_sessions(**owner);
    return ended_answer(removed ? Result<Ended>(Ended{.count = removed->ids.size()})
                                : removed.error());
  }
  if (target.all && stateless) return ended_answer(end_all_users(desk, target.after));
  if (stateless) return problem_response(Problem::not_implemented);
  if (target.all) return ended_answer(end_older(desk, UnixTime::max(), target.after));
  if (target.created_before) {
    return ended_answer(end_older(desk, *target.created_before, target.after));
  }
  return ended_answer(end_ids(desk, target.ids));
}

// Everybody's: with those past their deadline left out, so a page may be short.
Response list_everybodys(Desk& desk, const PageQuery& page) {
  ScanStore* scan = desk.auth.engine().scan();
  if (scan == nullptr) return problem_response(Problem::not_implemented);
  const auto found = scan->scan(ScanKind::sessions, page.after, page.limit);
  if (!found) return answer_failure(found.error());
  const UnixTime now = desk.clock.now();
  ListAnswer list("sessions");
  for (const SessionRecord& record : found->sessions) {
    if (seconds_left(record, now) > 0) list.add(operator_json(record, now));
  }
  return list.done(found->next);
}

}  // namespace

Response list_sessions(Desk& desk, const Request& request) {
  const auto query = Form::parse(request.query);
  const auto page = query ? read_page(*query) : std::nullopt;
  if (!page || (query->has("username") && query->has("user_id"))) {
    return problem_response(Problem::bad_query);
  }
  if (!query->has("username") && !query->has("user_id")) return list_everybodys(desk, *page);
  const auto owner = find_owner(desk, query->get("username"), query->get("user_id"));
  if (!owner) return answer_failure(owner.error());
  if (!*owner) return problem_response(Problem::user_not_found);
  const auto found = desk.auth.sessions().list(**owner, page->after, page->limit);
  if (!found) return answer_failure(found.error());
  ListAnswer list("sessions");
  for (const SessionRecord& record : found->records) {
    list.add(operator_json(record, desk.clock.now()));
  }
  return list.done(found->next);
}

Response show_session(Desk& desk, const SessionId& id) {
  Found found;
  const auto read =
      desk.auth.store().sessions().find_one(id, {.with_user = true, .fresh = true}, found);
  if (!read) return answer_failure(read.error());
  if (found.tombstone) return json_answer(operator_json(*found.tombstone));
  if (!found.record) return problem_response(Problem::session_not_found);
  return json_answer(operator_json(*found.record, desk.clock.now()));
}

Response end_session(Desk& desk, const SessionId& id) {
  const auto existed = desk.auth.sessions().revoke(id, EndReason::revoked);
  if (!existed) return answer_failure(existed.error());
  if (!*existed) return problem_response(Problem::session_not_found);
  Response response;
  response.status = 204;
  return response;
}

Response revoke(Desk& desk, const Request& request) {
  const auto body = read_body(request);
  if (!body) return problem_response(Problem::bad_json);
  const auto target = read_target(*body);
  if (!target) return problem_response(Problem::bad_field);
  const auto key = request.header("idempotency-key");
  if (!key) return end_target(desk, *target);
  if (!Repeats::is_key(*key) || request.header_count("idempotency-key") > 1) {
    return problem_response(Problem::bad_field);
  }
  return desk.repeats.answer(std::string{*key}, request.body, desk.clock.now(),
                             [&] { return end_target(desk, *target); });
}

}  // namespace latchkey::http::admin
