#include "store/postgres/records/events.h"

#include "store/damaged_row.h"
#include "store/event_rules.h"
#include "store/postgres/wire/errors.h"

namespace latchkey::postgres {
namespace {

constexpr int kEventColumns = 10;

Result<Event> read_event(const Rows& rows, int row) {
  Event event{.id = std::string(rows.text(row, 1)),
              .at = rows.time(row, 0),
              .reason = std::string(rows.text(row, 5)),
              .account = std::string(rows.text(row, 6)),
              .address = std::string(rows.text(row, 7)),
              .user_agent = std::string(rows.text(row, 8)),
              .request_id = std::string(rows.text(row, 9))};
  if (!read_event_names(event, rows.integer(row, 2), rows.text(row, 3), rows.text(row, 4))) {
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

Result<std::size_t> change_old(Client& client, Sql sql, UnixTime before, std::size_t limit) {
  Params params = client.params();
  params.add(before).add(static_cast<std::int64_t>(limit));
  const Result<Rows> rows = client.write(sql, params);
  if (!rows) return rows.error();
  return static_cast<std::size_t>(rows->integer(0, 0));
}

}  // namespace

Result<void> PostgresEvents::append_events(std::span<const Event> events) {
  if (Result<void> fine = check_events(events); !fine) return fine;
  if (events.empty()) return {};
  const auto text = [](std::string Event::*field) {
    return [field](const Event& event) { return std::string_view(event.*field); };
  };
  Params params = client_.params();
  params.add_numbers(events, [](const Event& event) { return to_unix_millis(event.at); })
      .add_texts(events, text(&Event::id))
      .add_numbers(events, [](const Event& event) { return static_cast<std::int64_t>(event.kind); })
      .add_texts(events, [](const Event& event) { return std::string_view(event.user_id.text()); })
      .add_texts(events, [](const Event& event) { return event.session_id.text(); })
      .add_texts(events, text(&Event::reason))
      .add_texts(events, text(&Event::account))
      .add_texts(events, text(&Event::address))
      .add_texts(events, text(&Event::user_agent))
      .add_texts(events, text(&Event::request_id));
  const Result<Rows> rows = client_.write(Sql::append_events, params);
  if (!rows) return rows.error();
  return {};
}

Result<EventPage> PostgresEvents::list_events(const EventQuery& query) {
  const Result<EventRange> range = range_of(query);
  if (!range) return range.error();
  Params params;
  params.add(range->above.first)
      .add(std::string_view(range->above.second))
      .add(range->below.first)
      .add(std::string_view(range->below.second))
      .add(static_cast<std::int64_t>(query.limit));
  if (!query.user_id.empty()) params.add(std::string_view(query.user_id.text()));
  if (!query.user_id.empty() || query.kind) params.add(event_kind_number(query.kind));
  // Not a look-up of a request: it may take the time of a write.
  const Result<Rows> rows = client_.write(event_sql(query), params);
  if (!rows) return rows.error();
  if (!client_.is_ours(*rows, kEventColumns)) return lost_instance();
  EventPage page;
  for (int row = 0; row < rows->size() && !rows->is_null(row, 0); ++row) {
    Result<Event> event = read_event(*rows, row);
    if (!event) return event.error();
    page.events.push_back(*std::move(event));
  }
  end_page(page, query.limit);
  return page;
}

Result<std::size_t> PostgresEvents::blank_addresses(UnixTime before, std::size_t limit) {
  return change_old(client_, Sql::blank_addresses, before, limit);
}

Result<std::size_t> PostgresEvents::prune_events(UnixTime before, std::size_t limit) {
  return change_old(client_, Sql::prune_events, before, limit);
}

}  // namespace latchkey::postgres
