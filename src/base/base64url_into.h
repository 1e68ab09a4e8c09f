#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace latchkey {

// The same encoding as base64url.h into memory the caller holds, for the paths that count
// nanoseconds.

constexpr std::size_t base64url_size(std::size_t bytes) noexcept { return (bytes * 4 + 2) / 3; }

// base64url_encode_into writes base64url_size(bytes.size()) characters and returns the end.
char* base64url_encode_into(std::span<const std::uint8_t> bytes, char* out) noexcept;

enum class Base64urlForm : std::uint8_t {
  canonical,
  unused_bits,  // decodes, but bits of the last character that stand for nothing are set
  malformed,    // a character outside the alphabet, or a length that cannot occur
};
struct Base64urlDecoded {
  Base64urlForm form = Base64urlForm::malformed;
  std::size_t size = 0;
};

// base64url_decode_into writes at most text.size() / 4 * 3 + 2 bytes.
Base64urlDecoded base64url_decode_into(std::string_view text, std::uint8_t* out) noexcept;

}  // namespace latchkey
