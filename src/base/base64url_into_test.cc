#include "base/base64url_into.h"

#include <gtest/gtest.h>

#include <string>

#include "base/base64url.h"

namespace latchkey {
namespace {

std::span<const std::uint8_t> as_octets(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Base64urlDecoded decode(std::string_view text, std::string& out) {
  out.assign(text.size() / 4 * 3 + 3, '\0');
  const auto decoded = base64url_decode_into(text, reinterpret_cast<std::uint8_t*>(out.data()));
  out.resize(decoded.size);
  return decoded;
}

TEST(Base64urlInto, AgreesWithTheOtherCodecForEveryLength) {
  std::string bytes, decoded;
  for (unsigned i = 0; i < 300; ++i) {
    const std::string text = base64url_encode(as_octets(bytes));
    std::string into(base64url_size(bytes.size()), '\0');
    const char* end = base64url_encode_into(as_octets(bytes), into.data());
    EXPECT_EQ(end, into.data() + into.size());
    EXPECT_EQ(into, text);
    EXPECT_EQ(decode(text, decoded).form, Base64urlForm::canonical);
    EXPECT_EQ(decoded, bytes);
    bytes.push_back(static_cast<char>(i * 167 + 13));
  }
}

TEST(Base64urlInto, EveryOtherCharacterIsMalformedAtEveryPlace) {
  std::string out;
  for (int c = 0; c < 256; ++c) {
    if (is_base64url(std::string(1, static_cast<char>(c)))) continue;
    for (std::size_t at = 0; at < 7; ++at) {
      std::string text(7, 'A');
      text[at] = static_cast<char>(c);
      EXPECT_EQ(decode(text, out).form, Base64urlForm::malformed) << c << " at " << at;
    }
  }
}

TEST(Base64urlInto, UnusedBitsAndImpossibleLengthsAreTold) {
  std::string out;
  EXPECT_EQ(decode("AB", out).form, Base64urlForm::unused_bits);
  EXPECT_EQ(out, std::string(1, '\0'));
  EXPECT_EQ(decode("AAB", out).form, Base64urlForm::unused_bits);
  EXPECT_EQ(decode("AQ", out).form, Base64urlForm::canonical);
  EXPECT_EQ(decode("A", out).form, Base64urlForm::malformed);
  EXPECT_EQ(decode("AAAAA", out).form, Base64urlForm::malformed);
  EXPECT_EQ(decode("", out).form, Base64urlForm::canonical);
}

}  // namespace
}  // namespace latchkey
