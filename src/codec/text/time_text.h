#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "latchkey/time.h"

namespace latchkey::codec {

// imf_fixdate writes RFC 9110 section 5.6.7, such as "Sun, 06 Nov 1994 08:49:37 GMT".
std::string imf_fixdate(UnixTime time);

// rfc3339 writes UTC with milliseconds, such as "2026-11-21T04:37:00.250Z".
std::string rfc3339(UnixTime time);
// append_rfc3339 appends the same to `out`.
void append_rfc3339(std::string& out, UnixTime time);

// parse_rfc3339 reads it, with any offset; digits below a millisecond are dropped. No leap seconds.
std::optional<UnixTime> parse_rfc3339(std::string_view text) noexcept;

}  // namespace latchkey::codec
