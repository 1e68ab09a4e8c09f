#pragma once

#include <chrono>
#include <cstdint>

// Times, durations and the clock. Tests move a clock of their own: docs/cpp/testing.md.
//
//   auto in_an_hour = latchkey::add(latchkey::system_clock().now(), std::chrono::hours{1});
namespace latchkey {

// Millis is the only duration of the public interface.
using Millis = std::chrono::milliseconds;
// UnixTime is milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
using UnixTime = std::chrono::sys_time<Millis>;

// kNever is 9999-12-31T23:59:59.999Z: a deadline that is not set.
inline constexpr UnixTime kNever{Millis{253402300799999}};

constexpr UnixTime from_unix_millis(std::int64_t millis) noexcept {
  return UnixTime{Millis{millis}};
}
constexpr std::int64_t to_unix_millis(UnixTime time) noexcept {
  return time.time_since_epoch().count();
}

// add returns `time + life`, never beyond kNever.
constexpr UnixTime add(UnixTime time, Millis life) noexcept {
  return life >= kNever - time ? kNever : time + life;
}

// Clock tells the time. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixTime now() const noexcept = 0;
};

// system_clock returns the wall clock of the machine; it lives as long as the program.
const Clock& system_clock() noexcept;

}  // namespace latchkey
