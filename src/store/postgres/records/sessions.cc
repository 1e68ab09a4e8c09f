#include "store/postgres/records/sessions.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "store/page_cursor.h"
#include "store/postgres/records/row.h"
#include "store/postgres/wire/errors.h"
#include "store/previous_blob.h"

namespace latchkey::postgres {
namespace {

// The first column of an answer to find_sessions.
enum class Kind : std::int64_t { record, tombstone, marker };

Error invalid(const char* what) { return Error{Errc::invalid_argument, what}; }

std::string_view text_of(const SessionId& id) { return id.text(); }

// read_found turns one row into what is known of its id.
Result<void> read_found(const Rows& rows, int row, bool with_user, Kind kind, Found& found) {
  if (kind == Kind::tombstone) {
    Tombstone& tombstone = found.tombstone.emplace();
    tombstone.id = *SessionId::parse(rows.text(row, 1));
    if (!read_hash(rows.blob(row, 2), tombstone.secret_hash)) {
      return damaged_row("latchkey_tombstones");
    }
    tombstone.ended_at = rows.time(row, 4);
    tombstone.reason = static_cast<EndReason>(rows.integer(row, 10));
    return {};
  }
  Result<void> read = read_record(rows, row, 1, found.record.emplace());
  constexpr int kUser = 1 + kRecordColumns;
  if (read && with_user && !rows.is_null(row, kUser)) {
    read = read_user(rows, row, kUser, found.user.emplace());
  }
  return read;
}

}  // namespace

Params PostgresSessions::insert_params(const SessionRecord& record,
                                       const InsertOptions& options) const {
  Params params = client_.params();
  params.add(client_.origin()).add(options.now).add(std::int64_t{options.max_per_user});
  if (options.user_epoch) {
    params.add(*options.user_epoch);
  } else {
    params.add_null(Type::int8);
  }
  add_record(params, record);
  if (!record.binding.empty()) params.add_or_null(octets_of(record.binding));
  return params;
}

InsertOutcome PostgresSessions::read_inserted(const Rows& rows) const {
  InsertOutcome outcome{.status = static_cast<InsertStatus>(rows.integer(0, 0)),
                        .evicted = read_ids(rows.text(0, 1))};
  if (!outcome.evicted.empty()) client_.changed();
  return outcome;
}

Result<InsertOutcome> PostgresSessions::insert(const SessionRecord& record,
                                               const InsertOptions& options) {
  if (record.id.empty()) return invalid("a record needs an id");
  const Sql sql = record.binding.empty() ? Sql::insert_session : Sql::insert_bound_session;
  Result<Rows> rows = client_.write(sql, insert_params(record, options));
  if (!rows) return rows.error();
  return read_inserted(*rows);
}

// One transaction, which takes the locks of its users in their order, so that two of them do not
// wait for each other in a circle. What undoes it concerns one or some of them: then each has one
// of its own.
std::vector<Result<InsertOutcome>> PostgresSessions::insert_all(
    std::span<const Insertion> insertions) {
  // A new session is bound to nothing; only one that is copied may be.
  const auto is_plain = [](const Insertion& one) {
    return !one.record.id.empty() && one.record.binding.empty();
  };
  const bool fits =
      insertions.size() <= kMaxFind && std::all_of(insertions.begin(), insertions.end(), is_plain);
  if (insertions.size() < 2 || !fits) return SessionStore::insert_all(insertions);
  std::vector<std::size_t> order(insertions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return insertions[a].record.user_id.text() < insertions[b].record.user_id.text();
  });
  std::vector<Params> all;
  for (const std::size_t i : order) {
    all.push_back(insert_params(insertions[i].record, insertions[i].options));
  }
  bool undone = false;
  const auto rows = client_.write_all(Sql::insert_session, all, undone);
  if (undone) return SessionStore::insert_all(insertions);
  std::vector<Result<InsertOutcome>> outcomes(insertions.size(), InsertOutcome{});
  for (std::size_t n = 0; n < order.size(); ++n) {
    if (rows) {
      outcomes[order[n]] = read_inserted((*rows)[n]);
    } else {
      outcomes[order[n]] = rows.error();
    }
  }
  return outcomes;
}

Result<std::vector<Found>> PostgresSessions::find(std::span<const SessionId> ids,
                                                  const FindOptions& options) {
  if (ids.size() > kMaxFind) return invalid("find takes at most 64 ids");
  std::vector<Found> answers(ids.size());
  if (ids.empty()) return answers;
  if (options.wait == Wait::never) return would_wait();
  Params params;
  params.add_texts(ids, text_of);
  Result<Rows> rows =
      client_.read(options.with_user ? Sql::find_sessions_with_users : Sql::find_sessions, params);
  if (!rows) return rows.error();

  std::unordered_map<std::string_view, int> row_of;
  bool ours = false;
  for (int row = 0; row < rows->size(); ++row) {
    if (static_cast<Kind>(rows->integer(row, 0)) == Kind::marker) {
      ours = rows->text(row, 1) == client_.instance();
    } else {
      row_of.emplace(rows->text(row, 1), row);
    }
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto found = row_of.find(ids[i].text());
    if (found == row_of.end()) {
      if (!ours) return lost_instance();
      continue;
    }
    const Kind kind = static_cast<Kind>(rows->integer(found->second, 0));
    Result<void> read = read_found(*rows, found->second, options.with_user, kind, answers[i]);
    if (!read) return read.error();
  }
  return answers;
}

Result<std::size_t> PostgresSessions::touch(std::span<const Touch> touches) {
  if (touches.empty()) return std::size_t{0};
  Params params = client_.params();
  params.add_texts(touches, [](const Touch& touch) { return touch.id.text(); })
      .add_numbers(touches, [](const Touch& touch) { return to_unix_millis(touch.last_seen_at); })
      .add_numbers(touches,
                   [](const Touch& touch) { return to_unix_millis(touch.idle_expires_at); });
  Result<Rows> rows = client_.write(Sql::touch_sessions, params);
  if (!rows) return rows.error();
  return static_cast<std::size_t>(rows->integer(0, 0));
}

Result<ReplaceStatus> PostgresSessions::replace(const SessionRecord& record,
                                                std::int64_t expected_version, UnixTime now) {
  SessionRecord expected = record;
  expected.version = expected_version;
  Params params = client_.params();
  params.add(client_.origin()).add(now);
  add_record(params, expected);
  params.add_or_null(octets_of(expected.binding));
  Result<Rows> rows = client_.write(Sql::replace_session, params);
  if (!rows) return rows.error();
  const std::int64_t status = rows->integer(0, 0);
  if (status > static_cast<std::int64_t>(ReplaceStatus::gone)) {
    return invalid("replace may not change user_id or created_at");
  }
  if (status == 0) client_.changed();
  return static_cast<ReplaceStatus>(status);
}

Result<std::size_t> PostgresSessions::remove(std::span<const SessionId> ids, EndReason reason,
                                             UnixTime now) {
  if (ids.empty()) return std::size_t{0};
  Params params = client_.params();
  params.add(client_.origin()).add_texts(ids, text_of);
  params.add(static_cast<std::int64_t>(reason)).add(now);
  Result<Rows> rows = client_.write(Sql::remove_sessions, params);
  if (!rows) return rows.error();
  client_.changed();
  return static_cast<std::size_t>(rows->integer(0, 0));
}

Result<Removed> PostgresSessions::remove_user(const UserId& user,
                                              const RemoveUserOptions& options) {
  if (user.empty()) return invalid("guests have no user to end sessions of");
  Params params = client_.params();
  params.add(client_.origin()).add(std::string_view(user.text()));
  params.add_or_null(options.except ? options.except->text() : std::string_view{});
  params.add(static_cast<std::int64_t>(options.reason)).add(options.now).add(options.bump_epoch);
  Result<Rows> rows = client_.write(Sql::remove_user, params);
  if (!rows) return rows.error();
  client_.changed();
  return read_removed(*rows, 1);
}

Result<SessionPage> PostgresSessions::list_user(const UserId& user, const PageRequest& page) {
  const std::optional<PageCursor> behind =
      page.after.empty() ? PageCursor{UnixTime::max(), SessionId()} : parse_cursor(page.after);
  if (!behind) return invalid("`after` is not the `next` of a page");
  if (page.limit < 1 || page.limit > 1000) return invalid("a page has 1 to 1000 records");
  Params params;
  params.add(std::string_view(user.text())).add(page.now).add(behind->first);
  params.add(behind->second.text()).add(static_cast<std::int64_t>(page.limit) + 1);
  Result<Rows> rows = client_.read(Sql::list_user_sessions, params);
  if (!rows) return rows.error();
  if (!client_.is_ours(*rows, kRecordColumns)) return lost_instance();
  SessionPage out;
  for (int row = 0; row < rows->size() && !rows->is_null(row, 0); ++row) {
    if (out.records.size() == page.limit) {
      out.next = format_cursor({out.records.back().created_at, out.records.back().id});
      break;
    }
    Result<void> read = read_record(*rows, row, 0, out.records.emplace_back());
    if (!read) return read.error();
  }
  return out;
}

Result<std::size_t> PostgresSessions::prune(UnixTime now, std::size_t limit) {
  if (limit == 0) return std::size_t{0};
  Params params = client_.params();
  params.add(now).add(static_cast<std::int64_t>(limit)).add(now - kTombstoneLife);
  Result<Rows> rows = client_.write(Sql::prune, params);
  if (!rows) return rows.error();
  return static_cast<std::size_t>(rows->integer(0, 0));
}

}  // namespace latchkey::postgres
