#include "base/base64url.h"

#include <gtest/gtest.h>

#include <string>

namespace latchkey {
namespace {

std::vector<std::uint8_t> bytes(std::string_view text) { return {text.begin(), text.end()}; }

// RFC 4648 section 10, without the padding.
TEST(Base64url, WritesAndReadsTheStandardExamples) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : cases) {
    EXPECT_EQ(base64url_encode(bytes(plain)), encoded);
    EXPECT_EQ(base64url_decode(encoded), bytes(plain));
  }
}

TEST(Base64url, UsesTheUrlAlphabet) {
  EXPECT_EQ(base64url_encode(std::vector<std::uint8_t>{0xfb, 0xff, 0xbf}), "-_-_");
  EXPECT_FALSE(base64url_decode("+/+/"));
}

TEST(Base64url, EveryByteValueComesBack) {
  std::vector<std::uint8_t> all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::uint8_t>(i));
  EXPECT_EQ(base64url_decode(base64url_encode(all)), all);
}

TEST(Base64url, RefusesWhatIsNotCanonical) {
  for (std::string_view text :
       {"Zg==", "Zg=", "Z", "Zm9vY", "Zh", "Zm9", "Zm 8", "Zm8\n", "Zm8\xff"}) {
    EXPECT_FALSE(base64url_decode(text)) << text;
  }
}

}  // namespace
}  // namespace latchkey
