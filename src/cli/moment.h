#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "latchkey/time.h"

namespace latchkey::cli {

// parse_moment reads "2026-11-21T05:00:00Z" (RFC 3339, fractions and offsets included) or a number:
// seconds since 1970, with a fraction if need be, and milliseconds from 10^11 on.
std::optional<UnixTime> parse_moment(std::string_view text) noexcept;

// relative_text says how far `time` is from `now`: "in 3 days", "5 minutes ago", "now".
std::string relative_text(UnixTime time, UnixTime now);

}  // namespace latchkey::cli
