// duration = [sign] [" "] number [" "] unit [" ago" / " from now"]    ; no sign before a suffix
// number   = 1*DIGIT ["." 1*DIGIT]
// unit     = s m h d w y, or their names, in any case

#include <charconv>
#include <cmath>
#include <string>

#include "codec/jose/jose.h"

namespace latchkey {
namespace {

struct Unit {
  std::string_view name;
  double seconds;
};
constexpr Unit kUnits[] = {
    {"s", 1},           {"sec", 1},          {"secs", 1},      {"second", 1},
    {"seconds", 1},     {"m", 60},           {"min", 60},      {"mins", 60},
    {"minute", 60},     {"minutes", 60},     {"h", 3600},      {"hr", 3600},
    {"hrs", 3600},      {"hour", 3600},      {"hours", 3600},  {"d", 86400},
    {"day", 86400},     {"days", 86400},     {"w", 604800},    {"week", 604800},
    {"weeks", 604800},  {"y", 31557600},     {"yr", 31557600}, {"yrs", 31557600},
    {"year", 31557600}, {"years", 31557600},
};

bool take(std::string_view& text, std::string_view start) noexcept {
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  return true;
}

std::size_t count_digits(std::string_view text) noexcept {
  std::size_t n = 0;
  while (n < text.size() && text[n] >= '0' && text[n] <= '9') ++n;
  return n;
}

std::optional<double> take_number(std::string_view& text) noexcept {
  std::size_t size = count_digits(text);
  if (size == 0) return std::nullopt;
  if (size < text.size() && text[size] == '.') {
    const std::size_t fraction = count_digits(text.substr(size + 1));
    if (fraction == 0) return std::nullopt;
    size += 1 + fraction;
  }
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + size, number);
  // Too small a fraction is zero; too large a number is no duration.
  if (read.ec != std::errc{} && text.front() != '0') return std::nullopt;
  text.remove_prefix(size);
  return number;
}

double round_half_up(double value) noexcept {
  const double whole = std::floor(value);
  return value - whole >= 0.5 ? whole + 1 : whole;
}

}  // namespace

std::optional<double> jose_duration(std::string_view text) noexcept {
  std::string lower{text};
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  std::string_view rest = lower;
  const bool minus = take(rest, "-");
  const bool sign = minus || take(rest, "+");
  take(rest, " ");
  const std::optional<double> number = take_number(rest);
  if (!number) return std::nullopt;
  take(rest, " ");
  bool ago = false;
  if (const std::size_t blank = rest.find(' '); blank != std::string_view::npos) {
    const std::string_view suffix = rest.substr(blank);
    ago = suffix == " ago";
    if (sign || !(ago || suffix == " from now")) return std::nullopt;
    rest = rest.substr(0, blank);
  }
  for (const Unit& unit : kUnits) {
    if (rest != unit.name) continue;
    const double seconds = round_half_up(*number * unit.seconds);
    if (!std::isfinite(seconds)) return std::nullopt;
    return minus || ago ? -seconds : seconds;
  }
  return std::nullopt;
}

}  // namespace latchkey
