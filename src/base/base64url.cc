#include "base/base64url.h"

#include <algorithm>
#include <array>
#include <cstring>

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

// Sixteen octets that one instruction works on, also where the machine has no such instruction.
using Octets = std::uint8_t __attribute__((vector_size(16)));
constexpr std::size_t kWidth = sizeof(Octets);

Octets load(const char* from) noexcept {
  Octets octets;
  std::memcpy(&octets, from, sizeof octets);
  return octets;
}

// Each octet of the answer is 0 unless it is of the alphabet.
auto inside(Octets octets) noexcept {
  const Octets letter = (octets | 0x20) - 'a';
  const Octets digit = octets - '0';
  return (letter < 26) | (digit < 10) | (octets == '-') | (octets == '_');
}

}  // namespace

// A token is judged at every request: without a jump that depends on it, and without reading a
// table at places that do.
bool is_base64url(std::string_view text) noexcept {
  if (text.size() < kWidth) {
    return std::all_of(text.begin(), text.end(), [](char c) { return value_of(c) < 64; });
  }
  const std::size_t last = text.size() - kWidth;
  auto all = inside(load(text.data() + last));  // some of it perhaps twice
  for (std::size_t i = 0; i < last; i += kWidth) all &= inside(load(text.data() + i));
  std::array<std::uint64_t, 2> halves;
  std::memcpy(halves.data(), &all, sizeof all);
  return (halves[0] & halves[1]) == ~std::uint64_t{0};
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
