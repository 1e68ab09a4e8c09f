#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/mutex.h"
#include "latchkey/time.h"

namespace latchkey::session {

// GuestLimiter bounds how many guest sessions one client address may make in a minute, in this
// process, and counts other things that an address does. Nobody is refused for what others do:
// - Without an address there is no limit. One allowance for all of those would let a single client
//   refuse guest sessions to everybody, which is worse than the rows it may make: they are small,
//   live briefly and are pruned. Programs that need the bound give the address.
// - At most kMaxAddresses have an allowance of their own. When more are active, newcomers are
//   spread over kShares allowances by the hash of their address.
class GuestLimiter {
 public:
  static constexpr std::size_t kMaxAddresses = 16384;
  static constexpr std::size_t kShares = 4096;

  explicit GuestLimiter(std::uint32_t per_minute) : per_minute_(per_minute) {}
  bool allow(std::string_view address, UnixTime now);
  // goes_over counts one, and tells whether it is the first one in its minute that allow would
  // refuse.
  bool goes_over(std::string_view address, UnixTime now);

 private:
  // count returns how many there are in this minute, with this one.
  std::uint64_t count(std::string_view address, UnixTime now) LATCHKEY_EXCLUDES(mutex_);
  struct Window {
    UnixTime start;
    std::uint64_t used = 0;
  };
  const std::uint32_t per_minute_;
  Mutex mutex_;
  std::unordered_map<std::string, Window> windows_ LATCHKEY_GUARDED_BY(mutex_);
  UnixTime swept_at_ LATCHKEY_GUARDED_BY(mutex_){};
};

}  // namespace latchkey::session
