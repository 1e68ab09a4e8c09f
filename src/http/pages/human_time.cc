#include "http/pages/human_time.h"

#include <chrono>

#include "codec/text/time_text.h"

namespace latchkey::http {
namespace {

std::string count(std::int64_t n, std::string_view unit) {
  return std::to_string(n) + ' ' + std::string(unit) + (n == 1 ? " ago" : "s ago");
}

void append_time(Html& html, UnixTime time, std::string_view text) {
  html.raw("<time datetime=\"").text(codec::rfc3339(time)).raw("\" title=\"");
  html.text(codec::imf_fixdate(time)).raw("\">").text(text).raw("</time>");
}

}  // namespace

std::string human_date(UnixTime time) {
  static constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                            "May",       "June",     "July",     "August",
                                            "September", "October",  "November", "December"};
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(time)};
  return std::to_string(static_cast<unsigned>(day.day())) + ' ' +
         kMonths[static_cast<unsigned>(day.month()) - 1] + ' ' +
         std::to_string(static_cast<int>(day.year()));
}

std::string human_age(UnixTime then, UnixTime now) {
  using std::chrono::duration_cast;
  const Millis age = now - then;
  if (age < std::chrono::minutes{1}) return "just now";  // and when the clock went back
  if (age < std::chrono::hours{1}) {
    return count(duration_cast<std::chrono::minutes>(age).count(), "minute");
  }
  if (age < std::chrono::days{1}) {
    return count(duration_cast<std::chrono::hours>(age).count(), "hour");
  }
  if (age < std::chrono::days{2}) return "yesterday";
  if (age < std::chrono::days{7}) {
    return count(duration_cast<std::chrono::days>(age).count(), "day");
  }
  return human_date(then);
}

void append_age(Html& html, UnixTime then, UnixTime now) {
  append_time(html, then, human_age(then, now));
}

void append_date(Html& html, UnixTime time) { append_time(html, time, human_date(time)); }

}  // namespace latchkey::http
