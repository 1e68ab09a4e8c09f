#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/mutex.h"
#include "latchkey/time.h"

namespace latchkey::session {

// GuestLimiter bounds how many guest sessions one client address may make in a minute, in this
// process. It holds at most kMaxAddresses; when more are active, newcomers share one allowance.
class GuestLimiter {
 public:
  static constexpr std::size_t kMaxAddresses = 16384;

  explicit GuestLimiter(std::uint32_t per_minute) : per_minute_(per_minute) {}
  bool allow(std::string_view address, UnixTime now) LATCHKEY_EXCLUDES(mutex_);

 private:
  struct Window {
    UnixTime start;
    std::uint32_t used = 0;
  };
  const std::uint32_t per_minute_;
  Mutex mutex_;
  std::unordered_map<std::string, Window> windows_ LATCHKEY_GUARDED_BY(mutex_);
  UnixTime swept_at_ LATCHKEY_GUARDED_BY(mutex_){};
};

}  // namespace latchkey::session
