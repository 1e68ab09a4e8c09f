#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

inline constexpr std::string_view kBase64urlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// is_base64url tells whether every character of `text` is of the alphabet.
bool is_base64url(std::string_view text) noexcept;

// base64url_encode writes RFC 4648 section 5 without padding.
std::string base64url_encode(std::span<const std::uint8_t> bytes);

// base64url_decode reads canonical base64url only: no padding, no blanks, a length that can occur
// and unused bits of the last character zero. Anything else is nothing.
std::optional<std::vector<std::uint8_t>> base64url_decode(std::string_view text);

}  // namespace latchkey
