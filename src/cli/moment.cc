#include "cli/moment.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <utility>

#include "codec/text/time_text.h"

namespace latchkey::cli {
namespace {

constexpr double kLeastMillis = 1e11;  // 1973 in milliseconds; the year 5138 in seconds
constexpr double kGreatest = 253402300799999;

std::optional<UnixTime> parse_number(std::string_view text) noexcept {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (read.ec != std::errc{} || read.ptr != end || !(number >= 0)) return std::nullopt;
  const double millis = number < kLeastMillis ? number * 1000 : number;
  if (millis > kGreatest) return std::nullopt;
  return from_unix_millis(std::llround(millis));
}

}  // namespace

std::optional<UnixTime> parse_moment(std::string_view text) noexcept {
  const auto number = parse_number(text);
  return number ? number : codec::parse_rfc3339(text);
}

std::string relative_text(UnixTime time, UnixTime now) {
  constexpr std::array<std::pair<std::int64_t, std::string_view>, 4> kUnits{
      {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}}};
  const std::int64_t distance = (time - now).count() / 1000;
  const std::int64_t size = distance < 0 ? -distance : distance;
  for (const auto& [seconds, name] : kUnits) {
    if (size < seconds) continue;
    std::string text = std::to_string(size / seconds).append(" ").append(name);
    if (size / seconds != 1) text.push_back('s');
    return distance < 0 ? text + " ago" : "in " + text;
  }
  return "now";
}

}  // namespace latchkey::cli
