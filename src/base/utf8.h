#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey {

// count_code_points returns how many code points `text` has, or nothing when it is not UTF-8
// (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
std::optional<std::size_t> count_code_points(std::string_view text) noexcept;

inline bool is_utf8(std::string_view text) noexcept { return count_code_points(text).has_value(); }

// has_control tells whether `text` has a byte below 0x20 or 0x7f, or a C1 control (U+0080-U+009F).
bool has_control(std::string_view text) noexcept;

// clean_line makes foreign text fit for one line of at most `max_bytes` bytes: control characters
// and broken UTF-8 are left out, and no code point is cut in half.
std::string clean_line(std::string_view text, std::size_t max_bytes);

}  // namespace latchkey
