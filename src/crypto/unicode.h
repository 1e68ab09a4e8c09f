#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace latchkey::crypto {

// nfc and nfkc normalise UTF-8 text (Unicode UAX 15); nothing when it is not UTF-8. NUL is a
// character like any other.
std::optional<std::string> nfc(std::string_view text);
std::optional<std::string> nfkc(std::string_view text);

// nfkc_casefold is toNFKC_Casefold of Unicode 3.13: case, width and default-ignorable characters no
// longer matter. The form in which two names are the same name.
std::optional<std::string> nfkc_casefold(std::string_view text);

// has_unsafe_name_character tells whether a name holds what readers cannot see or tell apart:
// control, format, private-use, unassigned or separator characters of Unicode.
bool has_unsafe_name_character(std::string_view text) noexcept;

}  // namespace latchkey::crypto
