#pragma once

#include <functional>
#include <thread>

#include "base/mutex.h"
#include "latchkey/time.h"

namespace latchkey {

// Periodic calls `work` on a thread of its own, first after `every`, until it is destroyed.
class Periodic {
 public:
  Periodic(Millis every, std::function<void()> work);
  ~Periodic();
  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

 private:
  void run() LATCHKEY_EXCLUDES(mutex_);

  const Millis every_;
  const std::function<void()> work_;
  Mutex mutex_;
  Condition changed_;
  bool stopping_ LATCHKEY_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace latchkey
