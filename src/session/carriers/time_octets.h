#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "latchkey/time.h"

// A time as 8 octets: int64 milliseconds, big-endian.
namespace latchkey::session {

inline constexpr std::size_t kTimeOctets = 8;

inline std::string time_octets(UnixTime time) {
  const auto millis = static_cast<std::uint64_t>(to_unix_millis(time));
  std::string octets;
  for (unsigned shift = 64; shift > 0; shift -= 8) {
    octets.push_back(static_cast<char>(millis >> (shift - 8) & 0xff));
  }
  return octets;
}

inline UnixTime read_time(std::string_view octets) noexcept {
  std::uint64_t millis = 0;
  for (const char octet : octets) millis = millis << 8 | static_cast<unsigned char>(octet);
  return from_unix_millis(static_cast<std::int64_t>(millis));
}

}  // namespace latchkey::session
