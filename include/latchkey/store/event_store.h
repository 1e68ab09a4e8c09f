#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/event_kind.h"
#include "latchkey/ids.h"
#include "latchkey/result.h"
#include "latchkey/time.h"

// What happened to accounts and sessions, for their users and for operators. Part of the contract
// in latchkey/store.h. Its rules for all calls apply here too, except that an event may be lost
// when the machine loses power. docs/events.md
//
//   auto page = store.events().list_events({.user_id = user, .limit = 20});
//   for (const Event& event : page->events) show(event_kind_name(event.kind), event.at);
namespace latchkey {

// EventId is 16 base64url characters, 96 random bits drawn by who writes the event.
inline constexpr std::size_t kEventIdLength = 16;

// Limits of an event's texts, in bytes. The texts are UTF-8 without control characters.
inline constexpr std::size_t kMaxEventReasonBytes = 64;
inline constexpr std::size_t kMaxEventAccountBytes = 64;
inline constexpr std::size_t kMaxEventAddressBytes = 64;
inline constexpr std::size_t kMaxEventUserAgentBytes = 160;
inline constexpr std::size_t kMaxEventRequestIdBytes = 64;

struct Event {
  std::string id{};  // kEventIdLength characters of base64url
  UnixTime at{};     // from 1970 to the year 9999
  EventKind kind = EventKind::log_in;
  UserId user_id{};          // empty: not known
  SessionId session_id{};    // the public name, never the token; empty: none
  std::string reason{};      // a short name, such as "wrong_password"
  std::string account{};     // a keyed hash of the name that was tried, never the name
  std::string address{};     // of the client; empty: not known, or blanked
  std::string user_agent{};  // cut
  std::string request_id{};  // as in the log
  friend bool operator==(const Event&, const Event&) = default;
};

// kMaxEvents is how many events one append may add.
inline constexpr std::size_t kMaxEvents = 256;

struct EventQuery {
  UserId user_id{};                 // empty: of everybody
  std::optional<EventKind> kind{};  // nothing: of every kind
  UnixTime since{};                 // not earlier than this
  UnixTime until = kNever;          // earlier than this
  bool oldest_first = false;
  std::string after{};     // `next` of the page before; empty: from the start
  std::size_t limit = 50;  // 1 to 1000
};
struct EventPage {
  std::vector<Event> events{};  // by time, then id
  std::string next{};           // empty: that was all
};

class EventStore {
 public:
  virtual ~EventStore() = default;
  // append_events adds events (at most kMaxEvents) in one write. An event that exists already, by
  // its time and id, is not changed, so a call may be repeated.
  virtual Result<void> append_events(std::span<const Event> events) = 0;
  // list_events pages through events. A page may hold fewer than `limit` events, or none, and still
  // have a `next`. Nodes write with a delay: to follow events, read the last seconds again and
  // drop duplicates by id.
  virtual Result<EventPage> list_events(const EventQuery& query) = 0;
  // blank_addresses removes the addresses of at most `limit` events that are older than `before`.
  // Returns how many it changed; fewer than `limit` means done.
  virtual Result<std::size_t> blank_addresses(UnixTime before, std::size_t limit) = 0;
  // prune_events deletes at most `limit` events that are older than `before`, the oldest first.
  // Returns how many it deleted; fewer than `limit` means done.
  virtual Result<std::size_t> prune_events(UnixTime before, std::size_t limit) = 0;
};

}  // namespace latchkey
