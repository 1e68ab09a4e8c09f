#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "bench/harness.h"
#include "latchkey/codec/cookie.h"

namespace latchkey::bench {
namespace {

// A line as browsers send it to a site with analytics and preferences.
constexpr std::string_view kLine =
    "_ga=GA1.1.1234567890.1700000000; theme=dark; "
    "_ga_ABC123=GS1.1.1700000000.1.1.1700000001.0.0.0; "
    "consent=analytics%3Dyes; __Host-session=lk1_6jmAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA; "
    "lang=en-GB";

// The limit: one pass that finds every ';' and compares the name at each start, and nothing else.
std::string_view scan(std::string_view line, std::string_view name) {
  const char* at = line.data();
  const char* const end = at + line.size();
  while (at < end) {
    while (at < end && *at == ' ') ++at;
    const char* stop =
        static_cast<const char*>(std::memchr(at, ';', static_cast<std::size_t>(end - at)));
    if (stop == nullptr) stop = end;
    const auto size = static_cast<std::size_t>(stop - at);
    if (size > name.size() && std::memcmp(at, name.data(), name.size()) == 0 &&
        at[name.size()] == '=') {
      keep(std::string_view(at + name.size() + 1, size - name.size() - 1));
    }
    at = stop + 1;
  }
  return {};
}

Entry cookie_parse(const Options& options) {
  std::string line(kLine);
  const std::string name = "__Host-session";
  const auto subject = [&](std::uint64_t i) {
    for (int k = 0; k < 1000; ++k) {
      line[4] = static_cast<char>('A' + (i + static_cast<std::uint64_t>(k)) % 26);
      const std::array<std::string_view, 1> lines{line};
      const CookieMatch match = find_cookie(lines, name);
      check(match.state == CookieMatch::State::found, "the cookie was not found");
      keep(match.value);
    }
    return std::uint64_t{1000};
  };
  const auto limit = [&](std::uint64_t i) {
    for (int k = 0; k < 1000; ++k) {
      line[4] = static_cast<char>('A' + (i + static_cast<std::uint64_t>(k)) % 26);
      keep(scan(line, name));
    }
    return std::uint64_t{1000};
  };
  return compare("cookie_parse", options, subject, limit);
}

}  // namespace

std::vector<Named> codec_benchmarks() {
  return {{"cookie_parse", "find_cookie in a line of six; limit: memchr and memcmp over it",
           cookie_parse}};
}

}  // namespace latchkey::bench
