#pragma once

#include <algorithm>
#include <set>
#include <string_view>

#include "latchkey/store/counter_store.h"

// The contract's sentences about one counter, for stores that hold counters as structs.
namespace latchkey {

// Counter is one row. It counts for nothing from expires_at on.
struct Counter {
  std::uint32_t count = 0;
  UnixTime next_at{};
  UnixTime expires_at{};
};

// blocks tells whether `counter` allows no try at `now`.
inline bool blocks(const Counter& counter, UnixTime now) noexcept {
  return now < counter.next_at && now < counter.expires_at;
}

// state_at is what a refused call tells of `counter`.
inline CounterState state_at(const Counter& counter, UnixTime now) noexcept {
  if (now >= counter.expires_at) return {};
  return {counter.count, counter.next_at};
}

// delay_after is the wait after the `count`-th try, which is not under rule.free.
inline Millis delay_after(std::uint32_t count, const CounterRule& rule) noexcept {
  Millis delay = rule.first_delay;
  for (std::uint32_t i = rule.free; i < count && delay < rule.longest_delay; ++i) delay *= 2;
  return std::min(delay, rule.longest_delay);
}

// count_try adds a try that is allowed at `now`.
inline void count_try(Counter& counter, const CounterRule& rule, UnixTime now) noexcept {
  const bool fresh = now >= counter.expires_at;
  if (fresh) counter.count = 0;
  if (fresh || rule.moving) counter.expires_at = now + rule.window;
  ++counter.count;
  if (counter.count >= rule.most) {
    counter.next_at = counter.expires_at;
  } else if (counter.count >= rule.free) {
    counter.next_at = std::min(counter.expires_at, now + delay_after(counter.count, rule));
  } else {
    counter.next_at = UnixTime{};
  }
}

// return_try takes a try back.
inline void return_try(Counter& counter) noexcept {
  if (counter.count > 0) --counter.count;
  counter.next_at = UnixTime{};
}

inline bool is_counter_key(std::string_view key) noexcept {
  constexpr std::size_t kMaxKey = 64;
  return !key.empty() && key.size() <= kMaxKey &&
         std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

// check_tries refuses what CounterStore::take does not accept.
inline Result<void> check_tries(std::span<const CounterTry> tries) {
  std::set<std::string_view> keys;
  for (const CounterTry& one : tries) {
    if (!is_counter_key(one.key) || !keys.insert(one.key).second) {
      return Error{Errc::invalid_argument,
                   "take: keys are different, of 1 to 64 printable ASCII characters"};
    }
    if (one.rule.window <= Millis{0} || one.rule.first_delay < Millis{0}) {
      return Error{Errc::invalid_argument, "take: a window is above 0, a delay not under it"};
    }
  }
  if (tries.size() <= kMaxCounters) return {};
  return Error{Errc::invalid_argument, "take: at most 16 counters"};
}

// check_settled refuses what CounterStore::settle does not accept.
inline Result<void> check_settled(std::span<const std::string> cleared,
                                  std::span<const std::string> returned) {
  const bool fine = std::all_of(cleared.begin(), cleared.end(), is_counter_key) &&
                    std::all_of(returned.begin(), returned.end(), is_counter_key) &&
                    cleared.size() + returned.size() <= kMaxCounters;
  if (fine) return {};
  return Error{Errc::invalid_argument,
               "settle: at most 16 keys, of 1 to 64 printable ASCII characters"};
}

}  // namespace latchkey
