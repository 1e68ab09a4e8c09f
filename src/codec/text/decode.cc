#include "codec/text/decode.h"

#include <cstdint>
#include <cstring>

#include "base/utf8.h"

namespace latchkey::codec {
namespace {

constexpr std::string_view kMark = "\xef\xbb\xbf";
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

bool is_ascii(std::string_view text) noexcept {
  std::uint64_t seen = 0;
  const char* p = text.data();
  std::size_t left = text.size();
  for (; left >= 8; left -= 8, p += 8) {
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    seen |= word;
  }
  for (; left > 0; --left, ++p) seen |= static_cast<unsigned char>(*p);
  return (seen & 0x8080808080808080U) == 0;
}

std::string_view without_mark(std::string_view bytes) noexcept {
  return bytes.starts_with(kMark) ? bytes.substr(kMark.size()) : bytes;
}

struct Piece {
  std::size_t size;  // bytes of the character, or of the longest start of one
  bool complete;
};

// piece_at measures the character at the front of `bytes` (Unicode, table 3-7).
Piece piece_at(std::string_view bytes) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {1, true};
  if (lead < 0xc2 || lead > 0xf4) return {1, false};
  const std::size_t wanted = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  unsigned low = 0x80, high = 0xbf;
  if (lead == 0xe0) low = 0xa0;
  if (lead == 0xed) high = 0x9f;
  if (lead == 0xf0) low = 0x90;
  if (lead == 0xf4) high = 0x8f;
  for (std::size_t i = 1; i < wanted; ++i) {
    if (i >= bytes.size() || byte(i) < low || byte(i) > high) return {i, false};
    low = 0x80;
    high = 0xbf;
  }
  return {wanted, true};
}

}  // namespace

std::optional<std::string_view> decode_utf8(std::string_view bytes) noexcept {
  if (!is_ascii(bytes) && !is_utf8(bytes)) return std::nullopt;
  return without_mark(bytes);
}

std::string_view decode_utf8_lossy(std::string_view bytes, std::string& storage) {
  bytes = without_mark(bytes);
  if (is_ascii(bytes) || is_utf8(bytes)) return bytes;
  storage.clear();
  while (!bytes.empty()) {
    const Piece piece = piece_at(bytes);
    storage += piece.complete ? bytes.substr(0, piece.size) : kReplacement;
    bytes.remove_prefix(piece.size);
  }
  return storage;
}

std::size_t utf16_length(std::string_view text) noexcept {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >> 6 != 2) ++units;
    if (byte >= 0xf0) ++units;
  }
  return units;
}

}  // namespace latchkey::codec
