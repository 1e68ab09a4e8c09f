#include <algorithm>
#include <cstdio>
#include <string>

#include "base/utf8.h"
#include "cli/json_out.h"
#include "cli/moment.h"
#include "cli/report.h"
#include "cli/session/open_sessions.h"
#include "cli/session/session_input.h"
#include "codec/text/time_text.h"
#include "http/admin/operator_json.h"
#include "http/api/session_json.h"
#include "http/device.h"
#include "latchkey/user_admin.h"
#include "server/serve.h"

namespace latchkey::cli {
namespace {

constexpr std::size_t kSessionsAtOnce = 500;

int ended(bool json, std::size_t count) {
  const std::string number = std::to_string(count);
  const bool written = put(json ? "{\"ended\":" + number + '}'
                                : number + (count == 1 ? " session" : " sessions") + " ended");
  return written ? server::kExitOk : server::kExitFailed;
}

// owner_of finds the user by name in the store; by id it may be one whom only the application
// knows.
Result<UserId> owner_of(Store& store, const Named& named) {
  if (named.username.empty()) {
    auto id = UserId::parse(named.user_id);
    if (!id) return no_such_user(named);
    return *std::move(id);
  }
  auto admin = UserAdmin::make(store, {});
  if (!admin) return admin.error();
  auto user = find_named(*admin, named);
  if (!user) return user.error();
  return std::move(user->user.id);
}

// What is no id may be a token, and is not repeated.
Result<SessionId> id_of(const std::string& text) {
  const auto id = SessionId::parse(text);
  if (id) return *id;
  return Error{Errc::bad_config,
               "that is not the id of a session: `latchkey session list` shows the ids"};
}

Error no_such_session(const SessionId& id) {
  return {Errc::not_found, "there is no session " + std::string{id.text()}};
}

void print_session(const SessionRecord& record, UnixTime now) {
  const UnixTime end = std::min(record.idle_expires_at, record.absolute_expires_at);
  std::printf("%-31s  seen %-16s  ends %-14s  %-15s  %s\n", std::string{record.id.text()}.c_str(),
              relative_text(record.last_seen_at, now).c_str(), relative_text(end, now).c_str(),
              clean_line(record.address, kMaxAddressBytes).c_str(),
              http::describe_device(record.user_agent).c_str());
}

// each_session shows `take` the sessions asked for, and returns the `next` behind them.
template <class Take>
Result<std::string> each_session(Sessions& sessions, const UserId& user, const SessionInput& input,
                                 Take take) {
  std::string after = input.after;
  std::size_t seen = 0;
  do {
    const std::size_t left = input.limit > 0 ? input.limit - seen : kSessionsAtOnce;
    auto page = sessions.list(user, after, std::min(left, kSessionsAtOnce));
    if (!page) return page.error();
    for (const SessionRecord& record : page->records) take(record);
    seen += page->records.size();
    after = std::move(page->next);
  } while (!after.empty() && (input.limit == 0 || seen < input.limit));
  return after;
}

int show_tombstone(const Tombstone& tombstone, bool json) {
  const std::string reason{end_reason_name(tombstone.reason)};
  const std::string id{tombstone.id.text()};
  const bool written =
      put(json ? http::operator_json(tombstone)
               : id + " was ended at " + codec::rfc3339(tombstone.ended_at) + ": " + reason);
  return written ? server::kExitOk : server::kExitFailed;
}

}  // namespace

int run_session_list(const SessionInput& input) {
  auto opened = open_sessions(input.store, Access::read);
  if (!opened) return fail(opened.error());
  const auto user = owner_of(*opened->server.store, input.named);
  if (!user) return fail(user.error());
  const UnixTime now = system_clock().now();
  if (!input.json) {
    const auto next = each_session(*opened->sessions, *user, input,
                                   [&](const SessionRecord& one) { print_session(one, now); });
    if (!next) return fail(next.error());
    if (!next->empty()) std::fprintf(stderr, "more: --after %s\n", next->c_str());
    return std::fflush(stdout) == 0 ? server::kExitOk : server::kExitFailed;
  }
  // A list that cannot be made is not begun.
  if (auto probe = opened->sessions->list(*user, input.after, 1); !probe) {
    return fail(probe.error());
  }
  JsonList list("sessions");
  const auto next = each_session(*opened->sessions, *user, input, [&](const SessionRecord& one) {
    list.add(http::operator_json(one, now));
  });
  if (!next) return fail(next.error());
  return list.end(*next) ? server::kExitOk : server::kExitFailed;
}

int run_session_show(const SessionInput& input) {
  const auto id = id_of(input.id);
  if (!id) return fail(id.error());
  auto opened = open_server_store(input.store, Access::read);
  if (!opened) return fail(opened.error());
  Found found;
  Result<void> read =
      opened->store->sessions().find_one(*id, {.with_user = true, .fresh = true}, found);
  if (!read) return fail(read.error());
  if (found.tombstone) return show_tombstone(*found.tombstone, input.json);
  if (!found.record) return fail(no_such_session(*id));
  const UnixTime now = system_clock().now();
  if (!input.json) {
    if (found.user) {
      std::printf("of %s\n", clean_line(found.user->username, found.user->username.size()).c_str());
    }
    print_session(*found.record, now);
    return std::fflush(stdout) == 0 ? server::kExitOk : server::kExitFailed;
  }
  std::string text = http::operator_json(*found.record, now);
  text.pop_back();
  text += ",\"username\":";
  if (found.user) {
    http::append_text(text, found.user->username);
  } else {
    text += "null";
  }
  const bool expired = http::seconds_left(*found.record, now) == 0;
  text += expired ? ",\"state\":\"expired\"}" : ",\"state\":\"active\"}";
  return put(text) ? server::kExitOk : server::kExitFailed;
}

int run_session_revoke(const SessionInput& input) {
  if (input.named.given()) {
    auto opened = open_server_store(input.store, Access::write);
    if (!opened) return fail(opened.error());
    auto admin = UserAdmin::make(*opened->store, {});
    if (!admin) return fail(admin.error());
    const auto user = owner_of(*opened->store, input.named);
    if (!user) return fail(user.error());
    const auto removed = admin->end_sessions(*user);
    if (!removed) return fail(removed.error());
    return ended(input.json, removed->ids.size());
  }
  const auto id = id_of(input.id);
  if (!id) return fail(id.error());
  auto opened = open_sessions(input.store, Access::write);
  if (!opened) return fail(opened.error());
  const auto existed = opened->sessions->revoke(*id, EndReason::revoked);
  if (!existed) return fail(existed.error());
  if (!*existed) return fail(no_such_session(*id));
  return ended(input.json, 1);
}

int run_session_prune(const SessionInput& input) {
  auto opened = open_sessions(input.store, Access::write);
  if (!opened) return fail(opened.error());
  const auto pruned = opened->sessions->prune();
  if (!pruned) return fail(pruned.error());
  const std::string number = std::to_string(*pruned);
  const bool written = put(input.json ? "{\"pruned\":" + number + '}' : number + " rows deleted");
  return written ? server::kExitOk : server::kExitFailed;
}

}  // namespace latchkey::cli
