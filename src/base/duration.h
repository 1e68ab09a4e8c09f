#pragma once

#include <optional>
#include <string_view>

#include "latchkey/time.h"

namespace latchkey {

// parse_duration reads a number with a unit: ms, s, m, h, d or w, as in `15m` or `1.5h`. "0" needs
// none. It is rounded to milliseconds. Nothing for all else, for less than one of them and for what
// is past `kNever`.
std::optional<Millis> parse_duration(std::string_view text) noexcept;

}  // namespace latchkey
