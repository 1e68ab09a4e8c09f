#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "latchkey/entropy.h"
#include "latchkey/record.h"
#include "latchkey/store.h"
#include "latchkey/store/event_store.h"
#include "latchkey/time.h"

// Events on their way into the store: docs/events.md. Auth has one and writes its own events there;
// add those of your program to it:
//
//   auth->events().add({.kind = latchkey::EventKind::email_verified, .user_id = user});
namespace latchkey {

struct EventLogOptions {
  Millis retention = std::chrono::days{90};       // older events are deleted; 0: no events
  Millis keep_addresses = std::chrono::days{30};  // then the address of an event is deleted
  std::size_t queue = 4096;                       // events that may wait; further ones are lost
  Millis prune_every{0};                          // 0: the program calls prune()
  const Clock* clock = nullptr;                   // nullptr: system_clock()
  Entropy* entropy = nullptr;                     // nullptr: system_entropy()
};

struct EventLogStats {
  std::uint64_t written = 0;
  std::uint64_t lost = 0;  // the queue was full, or the program ended while the store failed
  std::size_t queued = 0;
};

// EventLog writes events in groups on its own thread, outside of requests. A slow or failed store
// delays no request: events wait in a bounded queue, and events that do not fit are counted and
// lost. Thread-safe.
class EventLog {
 public:
  // `store` must outlive the result. With retention 0 nothing is kept and no thread runs.
  EventLog(EventStore& store, const EventLogOptions& options);
  ~EventLog();  // writes what is queued, once
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  bool enabled() const noexcept;
  // add fills in the id and, where it is not set, the time; texts are cleaned and cut. It waits for
  // nothing.
  void add(Event event);
  // flush writes what was added before the call.
  Result<void> flush();
  // prune deletes what is over the retention and blanks old addresses. Returns how many events it
  // deleted.
  Result<std::size_t> prune();
  EventLogStats stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// write_events adds events at once, without a log: for a program that does one thing and ends. What
// they lack is filled in as by EventLog::add.
Result<void> write_events(EventStore& store, std::vector<Event> events, const Clock& clock);

}  // namespace latchkey
