#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "latchkey/result.h"
#include "latchkey/time.h"

// Counters of attempts, which limit guessing. Part of the contract in latchkey/store.h. Its rules
// for all calls apply here too, except that a counter may be lost when the machine loses power.
namespace latchkey {

// CounterRule says when the next try is allowed. After `free` tries each one is followed by a wait
// that starts at first_delay and doubles up to longest_delay. After `most` tries no more are
// allowed until the counter expires, `window` after the last try (moving) or after the first.
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
  UnixTime next_at{};  // when the next try is allowed; in the past: at once
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
  // counted. Concurrent tries never exceed the rules. One round trip; on a cluster, where counters
  // are on different nodes, a refused call needs a second one to undo what it has counted
  // elsewhere.
  virtual Result<CounterOutcome> take(std::span<const CounterTry> tries, UnixTime now) = 0;
  // settle deletes the counters `cleared`, and subtracts one try from each of `returned`, because
  // it was not a failure. One round trip. Missing counters are not created.
  virtual Result<void> settle(std::span<const std::string> cleared,
                              std::span<const std::string> returned) = 0;
  // prune_counters deletes at most `limit` expired counters. Returns how many; an engine that
  // deletes them by itself returns 0.
  virtual Result<std::size_t> prune_counters(UnixTime now, std::size_t limit) = 0;
};

}  // namespace latchkey
