#include "base/base64url.h"

#include <array>

namespace latchkey {
namespace {

constexpr std::array<std::uint8_t, 256> make_reverse() {
  std::array<std::uint8_t, 256> table{};
  table.fill(0xff);
  for (std::size_t i = 0; i < kBase64urlAlphabet.size(); ++i) {
    table[static_cast<unsigned char>(kBase64urlAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}
constexpr std::array<std::uint8_t, 256> kReverse = make_reverse();

unsigned value_of(char c) noexcept { return kReverse[static_cast<unsigned char>(c)]; }

}  // namespace

bool is_base64url(std::string_view text) noexcept {
  unsigned seen = 0;
  for (char c : text) seen |= value_of(c);
  return (seen & 0xc0U) == 0;
}

std::string base64url_encode(std::span<const std::uint8_t> bytes) {
  std::string out((bytes.size() * 4 + 2) / 3, '\0');
  char* to = out.data();
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const unsigned v = static_cast<unsigned>(bytes[i]) << 16 |
                       static_cast<unsigned>(bytes[i + 1]) << 8 | bytes[i + 2];
    *to++ = kBase64urlAlphabet[v >> 18];
    *to++ = kBase64urlAlphabet[v >> 12 & 63];
    *to++ = kBase64urlAlphabet[v >> 6 & 63];
    *to++ = kBase64urlAlphabet[v & 63];
  }
  if (bytes.size() - i == 1) {
    const unsigned v = static_cast<unsigned>(bytes[i]) << 16;
    *to++ = kBase64urlAlphabet[v >> 18];
    *to++ = kBase64urlAlphabet[v >> 12 & 63];
  } else if (bytes.size() - i == 2) {
    const unsigned v = static_cast<unsigned>(bytes[i]) << 16 | static_cast<unsigned>(bytes[i + 1])
                                                                   << 8;
    *to++ = kBase64urlAlphabet[v >> 18];
    *to++ = kBase64urlAlphabet[v >> 12 & 63];
    *to++ = kBase64urlAlphabet[v >> 6 & 63];
  }
  return out;
}

std::optional<std::vector<std::uint8_t>> base64url_decode(std::string_view text) {
  if (text.size() % 4 == 1 || !is_base64url(text)) return std::nullopt;
  std::vector<std::uint8_t> out(text.size() * 3 / 4);
  std::uint8_t* to = out.data();
  std::size_t i = 0;
  for (; i + 4 <= text.size(); i += 4) {
    const unsigned v = value_of(text[i]) << 18 | value_of(text[i + 1]) << 12 |
                       value_of(text[i + 2]) << 6 | value_of(text[i + 3]);
    *to++ = static_cast<std::uint8_t>(v >> 16);
    *to++ = static_cast<std::uint8_t>(v >> 8);
    *to++ = static_cast<std::uint8_t>(v);
  }
  const std::size_t rest = text.size() - i;
  if (rest == 2) {
    const unsigned v = value_of(text[i]) << 6 | value_of(text[i + 1]);
    if ((v & 0xfU) != 0) return std::nullopt;
    *to++ = static_cast<std::uint8_t>(v >> 4);
  } else if (rest == 3) {
    const unsigned v = value_of(text[i]) << 12 | value_of(text[i + 1]) << 6 | value_of(text[i + 2]);
    if ((v & 3U) != 0) return std::nullopt;
    *to++ = static_cast<std::uint8_t>(v >> 10);
    *to++ = static_cast<std::uint8_t>(v >> 2);
  }
  return out;
}

}  // namespace latchkey
