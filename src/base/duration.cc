#include "base/duration.h"

#include <array>
#include <cstdint>

namespace latchkey {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t millis;
};
constexpr std::array kUnits{Unit{"ms", 1},        Unit{"s", 1000},       Unit{"m", 60'000},
                            Unit{"h", 3'600'000}, Unit{"d", 86'400'000}, Unit{"w", 604'800'000}};
constexpr std::int64_t kMost = 253'402'300'799'999;  // milliseconds to the end of the year 9999

// take_digits moves leading digits out of `text` as a number, with how many there were. More digits
// than any duration has are nothing.
std::optional<std::int64_t> take_digits(std::string_view& text, int& count) noexcept {
  std::int64_t number = 0;
  for (count = 0; !text.empty() && text.front() >= '0' && text.front() <= '9'; ++count) {
    if (number > kMost) return std::nullopt;
    number = number * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  return count == 0 ? std::nullopt : std::optional{number};
}

}  // namespace

std::optional<Millis> parse_duration(std::string_view text) noexcept {
  if (text == "0") return Millis{0};
  int digits = 0;
  const auto whole = take_digits(text, digits);
  if (!whole) return std::nullopt;
  std::optional<std::int64_t> part = 0;
  int places = 0;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    part = take_digits(text, places);
    if (!part || places > 9) return std::nullopt;
  }
  for (const Unit& unit : kUnits) {
    if (text != unit.name) continue;
    if (*whole > kMost / unit.millis) return std::nullopt;
    std::int64_t scale = 1;
    for (int i = 0; i < places; ++i) scale *= 10;
    const std::int64_t rest = *part * unit.millis;  // of `scale`
    // A part of a millisecond would become 0, which lifts a limit.
    if (*whole == 0 && rest > 0 && rest < scale) return std::nullopt;
    const std::int64_t millis = *whole * unit.millis + (rest + scale / 2) / scale;
    return millis <= kMost ? std::optional{Millis{millis}} : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace latchkey
