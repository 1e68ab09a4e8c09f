#include "session/guest_limiter.h"

#include <functional>

namespace latchkey::session {

bool GuestLimiter::allow(std::string_view address, UnixTime now) {
  return address.empty() || count(address, now) <= per_minute_;
}

bool GuestLimiter::goes_over(std::string_view address, UnixTime now) {
  return !address.empty() && count(address, now) == std::uint64_t{per_minute_} + 1;
}

std::uint64_t GuestLimiter::count(std::string_view address, UnixTime now) {
  constexpr Millis kWindow = std::chrono::minutes{1};
  constexpr Millis kSweepEvery = std::chrono::seconds{1};
  const auto over = [&](const Window& window) {
    return now - window.start >= kWindow || now < window.start;
  };
  MutexLock lock(mutex_);
  std::string key(address);
  if (windows_.size() >= kMaxAddresses && !windows_.contains(key)) {
    // Once in a second: a look at all of them for every newcomer would be what a flood wants.
    if (now - swept_at_ >= kSweepEvery || now < swept_at_) {
      swept_at_ = now;
      std::erase_if(windows_, [&](const auto& entry) { return over(entry.second); });
    }
    if (windows_.size() >= kMaxAddresses) {
      const std::size_t share = std::hash<std::string_view>{}(address) % kShares;
      key = "share " + std::to_string(share);
    }
  }
  Window& window = windows_.try_emplace(std::move(key), Window{now}).first->second;
  if (over(window)) window = Window{now};
  return ++window.used;
}

}  // namespace latchkey::session
