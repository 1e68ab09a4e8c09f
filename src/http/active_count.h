#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/mutex.h"
#include "latchkey/ids.h"
#include "latchkey/time.h"

namespace latchkey::http {

// ActiveCount estimates how many different sessions were seen lately, within about 2 %, in 8 KiB
// (HyperLogLog with 4096 registers for each of two windows). It keeps no id. Thread-safe.
class ActiveCount {
 public:
  static constexpr Millis kWindow = std::chrono::minutes{5};

  void add(const SessionId& session, UnixTime now) noexcept LATCHKEY_EXCLUDES(mutex_);
  // estimate counts those seen in the window that is under way and in the one before: in the last
  // 5 to 10 minutes.
  std::uint64_t estimate(UnixTime now) const noexcept;

 private:
  static constexpr std::size_t kRegisters = 4096;
  struct Window {
    std::atomic<std::int64_t> number{-1};
    std::array<std::atomic<std::uint8_t>, kRegisters> registers{};
  };
  Window& window(std::int64_t number) noexcept LATCHKEY_EXCLUDES(mutex_);

  Mutex mutex_;  // of who begins a window
  std::array<Window, 2> windows_;
};

}  // namespace latchkey::http
