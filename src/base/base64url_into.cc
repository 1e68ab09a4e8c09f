#include "base/base64url_into.h"

#include <array>
#include <cstring>

#include "base/base64url.h"

namespace latchkey {
namespace {

// Two characters for each 12 bits.
constexpr auto kPairs = [] {
  std::array<std::array<char, 2>, 4096> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i] = {kBase64urlAlphabet[i >> 6], kBase64urlAlphabet[i & 63]};
  }
  return pairs;
}();

constexpr std::uint32_t kBad = 0x80000000U;
constexpr auto kValues = [] {
  std::array<std::uint32_t, 256> values{};
  values.fill(kBad);
  for (std::size_t i = 0; i < kBase64urlAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kBase64urlAlphabet[i])] = static_cast<std::uint32_t>(i);
  }
  return values;
}();

std::uint32_t value(char c) noexcept { return kValues[static_cast<unsigned char>(c)]; }

// Shifting a bad value must not push its mark out of the word, so marks are gathered apart.
struct Group {
  std::uint32_t bits, marks;
};
Group group(const char* from) noexcept {
  const std::uint32_t a = value(from[0]), b = value(from[1]), c = value(from[2]),
                      d = value(from[3]);
  return {a << 18 | b << 12 | c << 6 | d, a | b | c | d};
}

}  // namespace

char* base64url_encode_into(std::span<const std::uint8_t> bytes, char* out) noexcept {
  const std::uint8_t* from = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 3; left -= 3, from += 3, out += 4) {
    const unsigned v =
        static_cast<unsigned>(from[0]) << 16 | static_cast<unsigned>(from[1]) << 8 | from[2];
    std::memcpy(out, kPairs[v >> 12].data(), 2);
    std::memcpy(out + 2, kPairs[v & 0xfff].data(), 2);
  }
  if (left == 1) {
    std::memcpy(out, kPairs[static_cast<unsigned>(from[0]) << 4].data(), 2);
    out += 2;
  } else if (left == 2) {
    const unsigned v = static_cast<unsigned>(from[0]) << 8 | from[1];
    std::memcpy(out, kPairs[v >> 4].data(), 2);
    out[2] = kBase64urlAlphabet[v << 2 & 63];
    out += 3;
  }
  return out;
}

Base64urlDecoded base64url_decode_into(std::string_view text, std::uint8_t* out) noexcept {
  if (text.size() % 4 == 1) return {};
  const std::uint8_t* const begin = out;
  const char* from = text.data();
  std::size_t left = text.size();
  std::uint32_t marks = 0;
  for (; left >= 4; left -= 4, from += 4, out += 3) {
    const Group g = group(from);
    marks |= g.marks;
    out[0] = static_cast<std::uint8_t>(g.bits >> 16);
    out[1] = static_cast<std::uint8_t>(g.bits >> 8);
    out[2] = static_cast<std::uint8_t>(g.bits);
  }
  std::uint32_t unused = 0;
  if (left >= 2) {
    const std::uint32_t a = value(from[0]), b = value(from[1]), c = left == 3 ? value(from[2]) : 0;
    marks |= a | b | c;
    *out++ = static_cast<std::uint8_t>(a << 2 | b >> 4);
    if (left == 3) *out++ = static_cast<std::uint8_t>(b << 4 | c >> 2);
    unused = left == 3 ? c & 3U : b & 15U;
  }
  if ((marks & kBad) != 0) return {};
  return {unused == 0 ? Base64urlForm::canonical : Base64urlForm::unused_bits,
          static_cast<std::size_t>(out - begin)};
}

}  // namespace latchkey
