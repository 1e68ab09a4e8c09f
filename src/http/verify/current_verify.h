#pragma once

#include <atomic>
#include <deque>
#include <utility>

#include "base/mutex.h"
#include "http/verify/verify_options.h"

namespace latchkey::http {

// CurrentVerify holds the settings of /v1/verify, which may change while requests read them. Those
// of before stay as long as this, because nobody counts who still reads them; an operator changes
// them a few times in the life of a process. Thread-safe.
class CurrentVerify {
 public:
  explicit CurrentVerify(VerifySettings first) { replace(std::move(first)); }
  CurrentVerify(const CurrentVerify&) = delete;
  CurrentVerify& operator=(const CurrentVerify&) = delete;

  const VerifySettings& get() const noexcept { return *now_.load(std::memory_order_acquire); }
  void replace(VerifySettings next) LATCHKEY_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    now_.store(&all_.emplace_back(std::move(next)), std::memory_order_release);
  }

 private:
  Mutex mutex_;
  std::deque<VerifySettings> all_ LATCHKEY_GUARDED_BY(mutex_);
  std::atomic<const VerifySettings*> now_{nullptr};
};

}  // namespace latchkey::http
