#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "latchkey/result.h"
#include "latchkey/time.h"

// Counters of tries, which bound guessing. Part of the contract in latchkey/store.h: what that says
// of all calls holds here too, except that a counter may be lost when the machine loses power.
namespace latchkey {

// CounterRule says when the next try is allowed. After `free` tries each one is followed by a wait,
// which begins with first_delay and doubles up to longest_delay; after `most` tries there is none
// until the counter expires, `window` after the last try (moving) or after the first.
struct CounterRule {
  std::uint32_t free = 5;
  Millis first_delay = std::chrono::seconds{1};
  Millis longest_delay = std::chrono::minutes{15};
  std::uint32_t most = 100;
  Millis window = std::chrono::hours{24};
  bool moving = true;

  // at_most allows `limit` tries in each window, which the first try opens.
  static constexpr CounterRule at_most(std::uint32_t limit, Millis window) noexcept {
    return {.free = UINT32_MAX, .most = limit, .window = window, .moving = false};
  }
};

// CounterTry is one try at the counter `key`: 1 to 64 printable ASCII characters.
struct CounterTry {
  std::string key{};
  CounterRule rule{};
};

// CounterState is a counter after a try, or why it was refused.
struct CounterState {
  std::uint32_t count = 0;
  UnixTime next_at{};  // no try is allowed before; long past: at once
};

struct CounterOutcome {
  bool taken = false;                  // every counter allowed the try, and counted it
  std::vector<CounterState> states{};  // for each try, in the order given
};

// kMaxCounters is how many counters one call may name, all different.
inline constexpr std::size_t kMaxCounters = 16;

class CounterStore {
 public:
  virtual ~CounterStore() = default;
  // take counts a try at each of `tries`, unless one of them is not allowed at `now`: then none is
  // counted. Of tries at the same time no more get through than the rules allow. One round trip,
  // and on a cluster, where counters lie on different nodes, a second one that takes back what a
  // refused call has counted.
  virtual Result<CounterOutcome> take(std::span<const CounterTry> tries, UnixTime now) = 0;
  // settle forgets the counters `cleared`, and takes one try of each of `returned` back: it was no
  // failure. One round trip. A counter that is not there stays away.
  virtual Result<void> settle(std::span<const std::string> cleared,
                              std::span<const std::string> returned) = 0;
  // prune_counters deletes at most `limit` counters that have expired. Returns how many went; an
  // engine that forgets them by itself returns 0.
  virtual Result<std::size_t> prune_counters(UnixTime now, std::size_t limit) = 0;
};

}  // namespace latchkey
