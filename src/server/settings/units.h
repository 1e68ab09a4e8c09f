#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "latchkey/time.h"

namespace latchkey::server {

// parse_duration reads what base/duration.h calls a duration, of at most 36500 days.
std::optional<Millis> parse_duration(std::string_view text) noexcept;
// duration_text writes it with the largest unit that loses nothing.
std::string duration_text(Millis duration);

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};
// parse_host_port reads HOST:PORT, an IPv6 address in brackets. The port may be 0.
std::optional<HostPort> parse_host_port(std::string_view text);
std::string host_port_text(std::string_view host, std::uint16_t port);

}  // namespace latchkey::server
