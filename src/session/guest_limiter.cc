#include "session/guest_limiter.h"

#include <functional>

namespace latchkey::session {

bool GuestLimiter::allow(std::string_view address, UnixTime now) {
  if (address.empty()) return true;
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
  if (window.used >= per_minute_) return false;
  ++window.used;
  return true;
}

}  // namespace latchkey::session
