#pragma once

#include <memory>
#include <optional>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/mutex.h"
#include "latchkey/event_log.h"
#include "latchkey/store.h"

namespace latchkey::session {

// WriteBehind takes writes that need not wait off the request path: touches, merged by session, and
// the removal of sessions that were seen past their deadline. A thread of its own writes them in
// groups. When the store fails they are kept and tried again, up to kMaxQueued. Thread-safe.
class WriteBehind {
 public:
  static constexpr std::size_t kMaxQueued = 65536;

  WriteBehind(SessionStore& store, Millis every, EventLog* events = nullptr);
  ~WriteBehind();  // writes what is queued, once

  void touch(const Touch& touch) LATCHKEY_EXCLUDES(mutex_);
  // expire also notes the event, once on this node.
  void expire(const SessionRecord& session, UnixTime now) LATCHKEY_EXCLUDES(mutex_);
  // pending returns the touch of `id` that the store may not have yet. It waits for no store.
  std::optional<Touch> pending(const SessionId& id) const LATCHKEY_EXCLUDES(mutex_);
  // flush writes everything queued before the call.
  Result<void> flush() LATCHKEY_EXCLUDES(mutex_, writing_);

 private:
  void run() LATCHKEY_EXCLUDES(mutex_, writing_);
  Result<void> write_touches() LATCHKEY_EXCLUDES(mutex_) LATCHKEY_REQUIRES(writing_);
  Result<void> write_ends() LATCHKEY_EXCLUDES(mutex_) LATCHKEY_REQUIRES(writing_);
  void merge(const Touch& touch) LATCHKEY_REQUIRES(mutex_);

  SessionStore& store_;
  const Millis every_;
  EventLog* const events_;
  Mutex writing_;  // one flush at a time, so that flush() waits for one under way
  mutable Mutex mutex_;
  Condition wake_;
  std::unordered_map<SessionId, Touch> touches_ LATCHKEY_GUARDED_BY(mutex_);
  std::unordered_map<SessionId, Touch> being_written_ LATCHKEY_GUARDED_BY(mutex_);
  std::unordered_set<SessionId> expired_ LATCHKEY_GUARDED_BY(mutex_);
  UnixTime expired_at_ LATCHKEY_GUARDED_BY(mutex_){};
  bool stopping_ LATCHKEY_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace latchkey::session
