#include "codec/text/time_text.h"

#include <cstdio>

namespace latchkey::codec {
namespace {

struct Broken {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<Millis> time;
  unsigned weekday;
};

Broken break_down(UnixTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  return {std::chrono::year_month_day{day}, std::chrono::hh_mm_ss<Millis>{time - day},
          std::chrono::weekday{day}.c_encoding()};
}

// Takes exactly `digits` digits off the front.
std::optional<int> take(std::string_view& text, std::size_t digits) noexcept {
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool skip(std::string_view& text, std::string_view any_of) noexcept {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// Milliseconds of a fraction; finer digits are dropped.
std::optional<int> parse_fraction(std::string_view& text) noexcept {
  if (!skip(text, ".")) return 0;
  int millis = 0, digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; ++digits) {
    if (digits < 3) millis = millis * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 3; ++digits) millis *= 10;
  return millis;
}

std::optional<std::chrono::minutes> parse_offset(std::string_view text) noexcept {
  if (text == "Z" || text == "z") return std::chrono::minutes{0};
  const bool west = text.starts_with('-');
  if (!skip(text, "+-")) return std::nullopt;
  const auto hours = take(text, 2);
  if (!hours || !skip(text, ":")) return std::nullopt;
  const auto minutes = take(text, 2);
  if (!minutes || !text.empty() || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::chrono::minutes offset{*hours * 60 + *minutes};
  return west ? -offset : offset;
}

}  // namespace

std::string imf_fixdate(UnixTime time) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Broken b = break_down(time);
  char text[64];
  const int length = std::snprintf(
      text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT", kDays[b.weekday],
      static_cast<unsigned>(b.date.day()), kMonths[static_cast<unsigned>(b.date.month()) - 1],
      static_cast<int>(b.date.year()), static_cast<int>(b.time.hours().count()),
      static_cast<int>(b.time.minutes().count()), static_cast<int>(b.time.seconds().count()));
  return {text, static_cast<std::size_t>(length)};
}

void append_rfc3339(std::string& out, UnixTime time) {
  const Broken b = break_down(time);
  const auto two = [](char* at, unsigned v) {
    at[0] = static_cast<char>('0' + v / 10);
    at[1] = static_cast<char>('0' + v % 10);
  };
  // Written by hand: one request formats five of these, and snprintf costs ten times as much.
  char text[] = "0000-00-00T00:00:00.000Z";
  const auto year = static_cast<unsigned>(static_cast<int>(b.date.year()));
  two(&text[0], year / 100);
  two(&text[2], year % 100);
  two(&text[5], static_cast<unsigned>(b.date.month()));
  two(&text[8], static_cast<unsigned>(b.date.day()));
  two(&text[11], static_cast<unsigned>(b.time.hours().count()));
  two(&text[14], static_cast<unsigned>(b.time.minutes().count()));
  two(&text[17], static_cast<unsigned>(b.time.seconds().count()));
  const auto millis = static_cast<unsigned>(b.time.subseconds().count());
  text[20] = static_cast<char>('0' + millis / 100);
  two(&text[21], millis % 100);
  out.append(text, sizeof text - 1);
}

std::string rfc3339(UnixTime time) {
  std::string text;
  append_rfc3339(text, time);
  return text;
}

std::optional<UnixTime> parse_rfc3339(std::string_view text) noexcept {
  using namespace std::chrono;
  const auto y = take(text, 4);
  if (!y || !skip(text, "-")) return std::nullopt;
  const auto m = take(text, 2);
  if (!m || !skip(text, "-")) return std::nullopt;
  const auto d = take(text, 2);
  if (!d || !skip(text, "Tt ")) return std::nullopt;
  const auto hour = take(text, 2);
  if (!hour || !skip(text, ":")) return std::nullopt;
  const auto minute = take(text, 2);
  if (!minute || !skip(text, ":")) return std::nullopt;
  const auto second = take(text, 2);
  const auto millis = second ? parse_fraction(text) : std::nullopt;
  const auto offset = millis ? parse_offset(text) : std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)},
                            day{static_cast<unsigned>(*d)}};
  if (!offset || !date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return UnixTime{sys_days{date}} + hours{*hour} + minutes{*minute} - *offset + seconds{*second} +
         Millis{*millis};
}

}  // namespace latchkey::codec
