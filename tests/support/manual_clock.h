#pragma once

#include <atomic>

#include "latchkey/time.h"

namespace latchkey::testing {

// ManualClock stands still until a test moves it, forwards or backwards.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(UnixTime start = from_unix_millis(1'800'000'000'000)) : now_(start) {}
  UnixTime now() const noexcept override { return now_.load(); }
  void set(UnixTime now) { now_.store(now); }
  void advance(Millis step) { now_.store(now_.load() + step); }

 private:
  std::atomic<UnixTime> now_;
};

}  // namespace latchkey::testing
