#pragma once

#include <deque>
#include <vector>

#include "base/fork.h"
#include "base/mutex.h"
#include "latchkey/lookup.h"

namespace latchkey::session {

// LookupQueue gathers look-ups into batches. The callers' own threads read: one that finds a free
// place reads at once, for itself and for all that wait; the others sleep until their answer is
// there or it is their turn to read.
class LookupQueue {
 public:
  LookupQueue(SessionStore& store, const LookupOptions& options)
      : store_(store), options_(options) {}

  Result<std::vector<Found>> find(std::span<const SessionId> ids, const FindOptions& options);
  LookupStats stats() const;

 private:
  struct Waiter;
  using Batch = std::vector<Waiter*>;
  // Waiter is one call of find, on the stack of its thread.
  struct Waiter {
    std::span<const SessionId> ids;
    const FindOptions& options;
    std::vector<Found> found{};
    std::optional<Error> error{};
    bool done = false;
    Batch to_read{};  // its turn to read: itself and others
    Condition changed{};
  };

  bool wait_for_place(Waiter& self) LATCHKEY_REQUIRES(mutex_);
  Batch take_batch() LATCHKEY_REQUIRES(mutex_);
  void read(const Batch& batch) LATCHKEY_EXCLUDES(mutex_);
  void pass_on() LATCHKEY_REQUIRES(mutex_);

  SessionStore& store_;
  const LookupOptions options_;
  const ForkGuard forked_;
  mutable Mutex mutex_;
  std::deque<Waiter*> waiting_ LATCHKEY_GUARDED_BY(mutex_);
  std::size_t ids_waiting_ LATCHKEY_GUARDED_BY(mutex_) = 0;
  std::size_t under_way_ LATCHKEY_GUARDED_BY(mutex_) = 0;
  LookupStats stats_ LATCHKEY_GUARDED_BY(mutex_);
};

}  // namespace latchkey::session
