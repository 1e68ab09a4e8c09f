#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace latchkey::codec {

// The two ways in which the peers turn bytes into text (WHATWG Encoding); both drop one leading
// byte order mark.

// decode_utf8 returns `bytes` as text, or nothing when they are not UTF-8.
std::optional<std::string_view> decode_utf8(std::string_view bytes) noexcept;

// decode_utf8_lossy puts U+FFFD for what is not UTF-8, one for each maximal part of a character.
// The result points into `bytes`, or into `storage` when something had to be replaced.
std::string_view decode_utf8_lossy(std::string_view bytes, std::string& storage);

// utf16_length returns the length of UTF-8 text as JavaScript counts it.
std::size_t utf16_length(std::string_view text) noexcept;

}  // namespace latchkey::codec
