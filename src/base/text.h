#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// Text in ASCII, whatever the locale says.
namespace latchkey {

inline constexpr std::string_view kHexDigits = "0123456789abcdef";

constexpr char ascii_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = ascii_lower(c);
  return lower;
}

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return ascii_lower(x) == ascii_lower(y);
         });
}

constexpr bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) noexcept {
  return equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr bool is_alphanumeric(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// trim_blanks drops the blanks around a value of an HTTP header: spaces and tabs (RFC 9110, 5.6.3).
constexpr std::string_view trim_blanks(std::string_view text) noexcept {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// hex_value returns what a hexadecimal digit stands for, or -1.
constexpr int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

inline void append_hex(std::string& out, std::span<const std::uint8_t> bytes) {
  for (const std::uint8_t byte : bytes) out.append({kHexDigits[byte >> 4], kHexDigits[byte & 15]});
}

// percent_decode undoes percent-encoding once (RFC 3986 section 2.1); nothing when an escape is
// broken. With `Plus::blank` a '+' is a blank, as in forms. The text is grown once, so that no
// piece of a password stays behind in a smaller buffer.
enum class Plus : std::uint8_t { plain, blank };
std::optional<std::string> percent_decode(std::string_view text, Plus plus = Plus::plain);

// percent_encode escapes every byte for which `plain` is false. is_query_plain is for a value in a
// query: letters, digits and "-._~/".
bool is_query_plain(char c) noexcept;
std::string percent_encode(std::string_view text, bool (*plain)(char) noexcept = is_query_plain);

}  // namespace latchkey
