#include "store/sqlite/records/sessions.h"

#include "store/page_cursor.h"
#include "store/sqlite/file/schema.h"
#include "store/sqlite/records/row.h"

namespace latchkey::sqlite {
namespace {

// end_session turns a record into its tombstone. False: there was none.
Result<bool> end_session(Connection& connection, const SessionId& id, EndReason reason,
                         UnixTime now) {
  std::int64_t row = 0;
  SecretHash hash;
  {
    Query located(connection, Sql::locate_session);
    located.bind(id.text());
    if (!located.next()) {
      if (located.failed()) return located.status().error();
      return false;
    }
    row = located.integer(0);
    if (!read_hash(located.blob(1), hash)) return damaged_row("latchkey_sessions");
  }
  Result<void> buried = Query(connection, Sql::bury_session)
                            .bind(id.text())
                            .bind_blob(hash.bytes)
                            .bind(static_cast<std::int64_t>(reason))
                            .bind(now)
                            .run();
  if (!buried) return buried.error();
  Result<void> gone = Query(connection, Sql::delete_session).bind(row).run();
  if (!gone) return gone.error();
  return true;
}

// evict_over_limit ends the sessions that were idle longest until the user has no more than
// allowed.
Result<void> evict_over_limit(Connection& connection, const SessionRecord& record,
                              const InsertOptions& options, std::vector<SessionId>& evicted) {
  {
    Query count(connection, Sql::count_user_sessions);
    count.bind(record.user_id.text()).bind(std::int64_t{options.max_per_user} + 1);
    if (count.next() && count.integer(0) <= options.max_per_user) return {};
    if (count.failed()) return count.status();
  }
  std::vector<SessionId> others;
  {
    Query idle(connection, Sql::idle_user_sessions);
    idle.bind(record.user_id.text()).bind(options.now).bind(record.id.text());
    while (idle.next()) {
      if (const auto id = SessionId::parse(idle.text(0))) others.push_back(*id);
    }
    if (idle.failed()) return idle.status();
  }
  for (const SessionId& id : others) {
    if (others.size() + 1 - evicted.size() <= options.max_per_user) break;
    Result<bool> ended = end_session(connection, id, EndReason::evicted, options.now);
    if (!ended) return ended.error();
    evicted.push_back(id);
  }
  return {};
}

Result<InsertOutcome> insert_record(Connection& connection, const SessionRecord& record,
                                    const PreviousBlob& previous, const InsertOptions& options) {
  InsertOutcome outcome;
  const bool has_user = !record.user_id.empty();
  if (has_user && options.user_epoch) {
    Result<std::int64_t> epoch = read_epoch(connection, record.user_id);
    if (!epoch) return epoch.error();
    if (*epoch != *options.user_epoch) {
      outcome.status = InsertStatus::user_changed;
      return outcome;
    }
  }
  {
    Query insert(connection, Sql::insert_session);
    bind_record(insert, record, previous);
    const Result<void> ran = insert.run();
    if (insert.code() == SQLITE_CONSTRAINT_UNIQUE || insert.code() == SQLITE_CONSTRAINT_NOTNULL) {
      outcome.status = InsertStatus::id_taken;
      return outcome;
    }
    if (!ran) return ran.error();
  }
  if (has_user && options.max_per_user > 0) {
    Result<void> kept = evict_over_limit(connection, record, options, outcome.evicted);
    if (!kept) return kept.error();
  }
  return outcome;
}

Result<ReplaceStatus> replace_record(Connection& connection, const SessionRecord& record,
                                     const PreviousBlob& previous, UnixTime now) {
  {
    Query replace(connection, Sql::replace_session);
    bind_record(replace, record, previous);
    if (Result<void> ran = replace.bind(now).run(); !ran) return ran.error();
  }
  if (connection.changes() == 1) return ReplaceStatus::replaced;
  Query probe(connection, Sql::probe_session);
  probe.bind(record.id.text()).bind(now);
  const bool alive = probe.next();
  if (probe.failed()) return probe.status().error();
  if (!alive) return ReplaceStatus::gone;
  if (probe.integer(0) != record.version) return ReplaceStatus::conflict;
  return Error{Errc::invalid_argument, "replace may not change user_id or created_at"};
}

}  // namespace

Result<std::int64_t> read_epoch(Connection& connection, const UserId& user) {
  Query query(connection, Sql::user_epoch);
  query.bind(user.text());
  const std::int64_t epoch = query.next() ? query.integer(0) : 0;
  if (Result<void> read = query.status(); !read) return read.error();
  return epoch;
}

Result<Removed> remove_user_sessions(Connection& connection, const UserId& user,
                                     const RemoveUserOptions& options) {
  Removed removed;
  const std::string_view except = options.except ? options.except->text() : std::string_view{};
  Result<void> buried = Query(connection, Sql::bury_user_sessions)
                            .bind(user.text())
                            .bind(except)
                            .bind(static_cast<std::int64_t>(options.reason))
                            .bind(options.now)
                            .run();
  if (!buried) return buried.error();
  if (connection.changes() > 0) {
    Query gone(connection, Sql::delete_user_sessions);
    gone.bind(user.text()).bind(except);
    while (gone.next()) {
      if (const auto id = SessionId::parse(gone.text(0))) removed.ids.push_back(*id);
    }
    if (gone.failed()) return gone.status().error();
  }
  if (options.bump_epoch) {
    Result<void> bumped = Query(connection, Sql::bump_epoch).bind(user.text()).run();
    if (!bumped) return bumped.error();
  }
  Result<std::int64_t> epoch = read_epoch(connection, user);
  if (!epoch) return epoch.error();
  removed.user_epoch = *epoch;
  return removed;
}

Result<InsertOutcome> SqliteSessions::insert(const SessionRecord& record,
                                             const InsertOptions& options) {
  if (record.id.empty()) return Error{Errc::invalid_argument, "a record needs an id"};
  const PreviousBlob previous(record.previous);
  return writer_.run(Durability::full, [&](Connection& connection) {
    return insert_record(connection, record, previous, options);
  });
}

Result<std::vector<Found>> SqliteSessions::find(std::span<const SessionId> ids,
                                                const FindOptions& options) {
  if (ids.size() > kMaxFind) return Error{Errc::invalid_argument, "find takes at most 64 ids"};
  Result<ReaderPool::Lease> lease = readers_.acquire();
  if (!lease) return lease.error();
  Connection& connection = **lease;
  std::vector<Found> found(ids.size());
  // A single id needs no transaction: what it asks for second is written with what it asks for
  // first.
  std::optional<ReadTransaction> moment;
  if (ids.size() > 1) {
    moment.emplace(connection);
    if (!moment->begun()) return moment->begun().error();
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    Result<void> done = find_row(connection, ids[i], options.with_user, found[i]);
    if (!done) return done.error();
  }
  return found;
}

Result<void> SqliteSessions::find_one(const SessionId& id, const FindOptions& options,
                                      const FoundPlaces& out) {
  Result<ReaderPool::Lease> lease = readers_.acquire();
  if (!lease) return lease.error();
  return find_row(**lease, id, options.with_user, out);
}

Result<void> SqliteSessions::find_row(Connection& connection, const SessionId& id, bool with_user,
                                      const FoundPlaces& found) const {
  Query query(connection, with_user ? Sql::find_session_with_user : Sql::find_session);
  query.bind(id.text());
  if (!query.next()) {
    if (query.failed()) return query.status();
    return find_tombstone(connection, id, found);
  }
  Result<void> read = read_record(query, 0, found.record.emplace());
  if (read && with_user && !query.is_null(kRecordColumns)) {
    read = read_user(query, kRecordColumns, found.user.emplace());
  }
  return read;
}

Result<void> SqliteSessions::find_tombstone(Connection& connection, const SessionId& id,
                                            const FoundPlaces& found) const {
  Query query(connection, Sql::find_tombstone);
  query.bind(id.text());
  if (!query.next()) return query.failed() ? query.status() : Result<void>(lost_instance());
  if (query.text(0) != instance_) return lost_instance();
  if (query.is_null(1)) return {};
  Tombstone& tombstone = found.tombstone.emplace();
  tombstone.id = id;
  if (!read_hash(query.blob(1), tombstone.secret_hash)) return damaged_row("latchkey_tombstones");
  tombstone.reason = static_cast<EndReason>(query.integer(2));
  tombstone.ended_at = query.time(3);
  return {};
}

Result<std::size_t> SqliteSessions::touch(std::span<const Touch> touches) {
  if (touches.empty()) return std::size_t{0};
  return writer_.run(Durability::relaxed, [&](Connection& connection) -> Result<std::size_t> {
    std::size_t moved = 0;
    for (const Touch& touch : touches) {
      Query query(connection, Sql::touch_session);
      query.bind(touch.id.text()).bind(touch.last_seen_at).bind(touch.idle_expires_at);
      if (Result<void> ran = query.run(); !ran) return ran.error();
      moved += static_cast<std::size_t>(connection.changes());
    }
    return moved;
  });
}

Result<ReplaceStatus> SqliteSessions::replace(const SessionRecord& record,
                                              std::int64_t expected_version, UnixTime now) {
  const PreviousBlob previous(record.previous);
  SessionRecord expected = record;
  expected.version = expected_version;
  return writer_.run(Durability::full, [&](Connection& connection) {
    return replace_record(connection, expected, previous, now);
  });
}

Result<std::size_t> SqliteSessions::remove(std::span<const SessionId> ids, EndReason reason,
                                           UnixTime now) {
  if (ids.empty()) return std::size_t{0};
  return writer_.run(Durability::full, [&](Connection& connection) -> Result<std::size_t> {
    std::size_t existed = 0;
    for (const SessionId& id : ids) {
      Result<bool> ended = end_session(connection, id, reason, now);
      if (!ended) return ended.error();
      existed += *ended ? 1 : 0;
    }
    return existed;
  });
}

Result<Removed> SqliteSessions::remove_user(const UserId& user, const RemoveUserOptions& options) {
  if (user.empty()) return Error{Errc::invalid_argument, "guests have no user to end sessions of"};
  return writer_.run(Durability::full, [&](Connection& connection) {
    return remove_user_sessions(connection, user, options);
  });
}

Result<SessionPage> SqliteSessions::list_user(const UserId& user, const PageRequest& page) {
  const std::optional<PageCursor> after =
      page.after.empty() ? PageCursor{UnixTime::max(), SessionId()} : parse_cursor(page.after);
  if (!after) return Error{Errc::invalid_argument, "`after` is not the `next` of a page"};
  if (page.limit < 1 || page.limit > 1000) {
    return Error{Errc::invalid_argument, "a page has 1 to 1000 records"};
  }
  Result<ReaderPool::Lease> lease = readers_.acquire();
  if (!lease) return lease.error();
  Query query(**lease, Sql::list_user_sessions);
  query.bind(user.text()).bind(page.now).bind(after->first).bind(after->second.text());
  query.bind(static_cast<std::int64_t>(page.limit) + 1);
  SessionPage out;
  while (query.next()) {
    if (out.records.size() == page.limit) {
      out.next = format_cursor({out.records.back().created_at, out.records.back().id});
      break;
    }
    Result<void> read = read_record(query, 0, out.records.emplace_back());
    if (!read) return read.error();
  }
  if (query.failed()) return query.status().error();
  return out;
}

Result<std::size_t> SqliteSessions::prune(UnixTime now, std::size_t limit) {
  if (limit == 0) return std::size_t{0};
  return writer_.run(Durability::relaxed, [&](Connection& connection) -> Result<std::size_t> {
    std::size_t gone = 0;
    const auto prune = [&](Sql sql, UnixTime before) {
      Query query(connection, sql);
      const Result<void> ran =
          query.bind(before).bind(static_cast<std::int64_t>(limit - gone)).run();
      if (ran) gone += static_cast<std::size_t>(connection.changes());
      return ran;
    };
    if (Result<void> ran = prune(Sql::prune_sessions, now); !ran) return ran.error();
    if (gone < limit) {
      Result<void> ran = prune(Sql::prune_tombstones, now - kTombstoneLife);
      if (!ran) return ran.error();
    }
    return gone;
  });
}

}  // namespace latchkey::sqlite
