#include "store/sqlite/records/events.h"

#include "store/event_rules.h"
#include "store/sqlite/records/row.h"

namespace latchkey::sqlite {
namespace {

Result<void> append_one(Connection& connection, const Event& event) {
  Query query(connection, Sql::append_event);
  return query.bind(event.at)
      .bind(event.id)
      .bind(static_cast<std::int64_t>(event.kind))
      .bind_or_null(event.user_id.text())
      .bind_or_null(event.session_id.text())
      .bind_or_null(event.reason)
      .bind_or_null(event.account)
      .bind_or_null(event.address)
      .bind_or_null(event.user_agent)
      .bind_or_null(event.request_id)
      .run();
}

Result<Event> read_event(const Query& query) {
  Event event{.id = std::string(query.text(1)),
              .at = query.time(0),
              .reason = std::string(query.text(5)),
              .account = std::string(query.text(6)),
              .address = std::string(query.text(7)),
              .user_agent = std::string(query.text(8)),
              .request_id = std::string(query.text(9))};
  if (!read_event_names(event, query.integer(2), query.text(3), query.text(4))) {
    return damaged_row("latchkey_events");
  }
  return event;
}

Sql event_sql(const EventQuery& query) noexcept {
  if (!query.user_id.empty()) {
    return query.oldest_first ? Sql::oldest_user_events : Sql::newest_user_events;
  }
  if (query.kind) return query.oldest_first ? Sql::oldest_kind_events : Sql::newest_kind_events;
  return query.oldest_first ? Sql::oldest_events : Sql::newest_events;
}

}  // namespace

Result<void> SqliteEvents::append_events(std::span<const Event> events) {
  if (Result<void> fine = check_events(events); !fine) return fine;
  if (events.empty()) return {};
  return writer_.run(Durability::relaxed, [&](Connection& connection) -> Result<void> {
    for (const Event& event : events) {
      if (Result<void> done = append_one(connection, event); !done) return done;
    }
    return {};
  });
}

Result<EventPage> SqliteEvents::list_events(const EventQuery& query) {
  const Result<EventRange> range = range_of(query);
  if (!range) return range.error();
  Result<ReaderPool::Lease> lease = readers_.acquire();
  if (!lease) return lease.error();
  Query rows(**lease, event_sql(query));
  rows.bind(range->above.first)
      .bind(range->above.second)
      .bind(range->below.first)
      .bind(range->below.second)
      .bind(static_cast<std::int64_t>(query.limit));
  if (!query.user_id.empty()) rows.bind(query.user_id.text());
  if (!query.user_id.empty() || query.kind) rows.bind(event_kind_number(query.kind));
  EventPage page;
  while (rows.next()) {
    Result<Event> event = read_event(rows);
    if (!event) return event.error();
    page.events.push_back(*std::move(event));
  }
  if (rows.failed()) return rows.status().error();
  end_page(page, query.limit);
  return page;
}

Result<std::size_t> SqliteEvents::change_old(Sql sql, UnixTime before, std::size_t limit) {
  return writer_.run(Durability::relaxed, [&](Connection& connection) -> Result<std::size_t> {
    Query query(connection, sql);
    const Result<void> ran = query.bind(before).bind(static_cast<std::int64_t>(limit)).run();
    if (!ran) return ran.error();
    return static_cast<std::size_t>(connection.changes());
  });
}

Result<std::size_t> SqliteEvents::blank_addresses(UnixTime before, std::size_t limit) {
  return change_old(Sql::blank_addresses, before, limit);
}

Result<std::size_t> SqliteEvents::prune_events(UnixTime before, std::size_t limit) {
  return change_old(Sql::prune_events, before, limit);
}

}  // namespace latchkey::sqlite
