#include "server/settings/units.h"

#include <array>
#include <charconv>

#include "base/duration.h"

namespace latchkey::server {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t millis;
};
// Largest first, so that the first that divides is the one to print.
constexpr std::array kUnits{Unit{"d", 86'400'000}, Unit{"h", 3'600'000}, Unit{"m", 60'000},
                            Unit{"s", 1000}, Unit{"ms", 1}};
constexpr Millis kMost = std::chrono::days{36'500};

}  // namespace

std::optional<Millis> parse_duration(std::string_view text) noexcept {
  const auto parsed = latchkey::parse_duration(text);
  return parsed && *parsed <= kMost ? parsed : std::nullopt;
}

std::string duration_text(Millis duration) {
  if (duration.count() == 0) return "0";
  for (const Unit& unit : kUnits) {
    if (duration.count() % unit.millis == 0) {
      return std::to_string(duration.count() / unit.millis).append(unit.name);
    }
  }
  return {};
}

std::optional<HostPort> parse_host_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  HostPort result;
  const char* end = text.data() + text.size();
  const auto [rest, ec] = std::from_chars(text.data() + colon + 1, end, result.port);
  if (ec != std::errc{} || rest != end) return std::nullopt;

  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!bracketed && host.find(':') != std::string_view::npos) return std::nullopt;
  result.host = host;
  return result;
}

std::string host_port_text(std::string_view host, std::uint16_t port) {
  std::string text;
  if (host.find(':') != std::string_view::npos) {
    text.append("[").append(host).append("]");
  } else {
    text.append(host);
  }
  return text.append(":").append(std::to_string(port));
}

}  // namespace latchkey::server
