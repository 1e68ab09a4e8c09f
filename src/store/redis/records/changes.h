#pragma once

#include <atomic>

#include "base/fork.h"
#include "base/mutex.h"
#include "store/redis/records/keys.h"
#include "store/redis/wire/connection.h"

namespace latchkey::redis {

// Changes tells a sink what connections hear: keys that changed, and losses.
class Changes final : public ConnectionEvents {
 public:
  explicit Changes(const Keys& keys) : keys_(keys) {}

  void on_push(const Reply& push) override;
  void on_lost() override { tell({.everything = true, .channel_lost = true}); }

  // wanted tells whether anybody listens.
  bool wanted() const noexcept { return wanted_; }
  // set returns when no call of the sink before is under way.
  void set(SessionStore::Sink sink) LATCHKEY_EXCLUDES(mutex_) {
    if (forked_.crossed()) return;
    const MutexLock lock(mutex_);
    sink_ = std::move(sink);
    wanted_ = static_cast<bool>(sink_);
  }

 private:
  void tell(const Invalidation& change) LATCHKEY_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (sink_) sink_(change);
  }

  const Keys& keys_;
  const ForkGuard forked_;
  std::atomic<bool> wanted_{false};
  Mutex mutex_;
  SessionStore::Sink sink_ LATCHKEY_GUARDED_BY(mutex_);
};

}  // namespace latchkey::redis
