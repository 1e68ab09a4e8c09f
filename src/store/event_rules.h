#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/utf8.h"
#include "latchkey/store/event_store.h"

// What every EventStore accepts, and the position of a page.
namespace latchkey {

inline bool is_event_id(std::string_view id) noexcept {
  return id.size() == kEventIdLength && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

inline bool is_event_text(std::string_view text, std::size_t most) noexcept {
  return text.size() <= most && is_utf8(text) && !has_control(text);
}

inline bool is_event_kind(std::int64_t number) noexcept {
  return number >= 1 && number <= kLastEventKind;
}

inline bool is_event(const Event& event) noexcept {
  return is_event_id(event.id) && event.at >= UnixTime{} && event.at <= kNever &&
         is_event_kind(static_cast<std::int64_t>(event.kind)) &&
         is_event_text(event.reason, kMaxEventReasonBytes) &&
         is_event_text(event.account, kMaxEventAccountBytes) &&
         is_event_text(event.address, kMaxEventAddressBytes) &&
         is_event_text(event.user_agent, kMaxEventUserAgentBytes) &&
         is_event_text(event.request_id, kMaxEventRequestIdBytes);
}

inline Result<void> check_events(std::span<const Event> events) {
  if (events.size() > kMaxEvents) {
    return Error{Errc::invalid_argument, "append_events: at most 256 events"};
  }
  if (std::all_of(events.begin(), events.end(), is_event)) return {};
  return Error{Errc::invalid_argument,
               "append_events: an event has a malformed id, time or kind, or a text that is too "
               "long or not a line of UTF-8"};
}

// read_event_name reads text that is empty or a UserId or SessionId.
template <class Name>
bool read_event_name(std::string_view text, Name& name) {
  if (text.empty()) return true;
  std::optional<Name> parsed = Name::parse(text);
  if (parsed) name = *std::move(parsed);
  return parsed.has_value();
}

// read_event_names fills in what a stored event says of kind, user and session. False: it cannot be
// one of ours.
inline bool read_event_names(Event& event, std::int64_t kind, std::string_view user,
                             std::string_view session) {
  if (!is_event_kind(kind)) return false;
  event.kind = static_cast<EventKind>(kind);
  return read_event_name(user, event.user_id) && read_event_name(session, event.session_id);
}

// event_kind_number is 0 for every kind.
inline std::int64_t event_kind_number(const std::optional<EventKind>& kind) noexcept {
  return kind ? static_cast<std::int64_t>(*kind) : 0;
}

// EventCursor names the last event of a page, as `at "." id`.
using EventCursor = std::pair<UnixTime, std::string>;

inline std::string format_event_cursor(const EventCursor& last) {
  return std::to_string(to_unix_millis(last.first)) + '.' + last.second;
}

// end_page sets `next` of a page that holds as much as was asked for.
inline void end_page(EventPage& page, std::size_t limit) {
  if (page.events.size() < limit) return;
  const Event& last = page.events.back();
  page.next = format_event_cursor({last.at, last.id});
}

inline std::optional<EventCursor> parse_event_cursor(std::string_view text) {
  std::int64_t millis = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), millis);
  const auto length = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || length >= text.size() || text[length] != '.') return std::nullopt;
  const std::string_view id = text.substr(length + 1);
  if (millis < 0 || !is_event_id(id)) return std::nullopt;
  return EventCursor{from_unix_millis(millis), std::string{id}};
}

// EventRange is what a query asks for, with the page before taken into account: events between two
// positions, both of which are left out.
struct EventRange {
  EventCursor above{};
  EventCursor below{};
};

inline Result<EventRange> range_of(const EventQuery& query) {
  if (query.limit < 1 || query.limit > 1000) {
    return Error{Errc::invalid_argument, "list_events: a page has 1 to 1000 events"};
  }
  // An empty id is under every id: an event at exactly `since` is above that position.
  EventRange range{{std::max(query.since, UnixTime{}), ""}, {query.until, ""}};
  if (query.after.empty()) return range;
  std::optional<EventCursor> last = parse_event_cursor(query.after);
  if (!last) return Error{Errc::invalid_argument, "list_events: not a position of this store"};
  if (query.oldest_first) {
    range.above = std::max(range.above, *std::move(last));
  } else {
    range.below = std::min(range.below, *std::move(last));
  }
  return range;
}

}  // namespace latchkey
