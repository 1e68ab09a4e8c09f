#include "base/text.h"

#include <gtest/gtest.h>

#include <array>

namespace latchkey {
namespace {

TEST(AsciiText, LowersLettersAndNothingElse) {
  for (int c = 0; c < 256; ++c) {
    const char given = static_cast<char>(c);
    const bool upper = c >= 'A' && c <= 'Z';
    EXPECT_EQ(ascii_lower(given), upper ? static_cast<char>(c + 32) : given) << c;
  }
  EXPECT_EQ(ascii_lower("Set-Cookie\xc3\x84"), "set-cookie\xc3\x84");
}

TEST(AsciiText, IsComparedWithoutRegardToCase) {
  EXPECT_TRUE(equal_ignoring_case("COOKIE", "cookie"));
  EXPECT_FALSE(equal_ignoring_case("cookie", "cookies"));
  EXPECT_FALSE(equal_ignoring_case("@", "`"));
  EXPECT_TRUE(starts_with_ignoring_case("__HOST-a", "__Host-"));
  EXPECT_FALSE(starts_with_ignoring_case("__Host", "__Host-"));
}

TEST(AsciiText, LosesTheBlanksAroundIt) {
  EXPECT_EQ(trim_blanks(" \ta b\t "), "a b");
  EXPECT_EQ(trim_blanks(" \t"), "");
  EXPECT_EQ(trim_blanks("\n a\r"), "\n a\r");
}

TEST(AsciiText, ReadsAndWritesHexadecimalDigits) {
  std::string out = "x";
  append_hex(out, std::array<std::uint8_t, 4>{0x00, 0x9a, 0xf0, 0x0f});
  EXPECT_EQ(out, "x009af00f");
  int digits = 0;
  for (int c = 0; c < 256; ++c) digits += hex_value(static_cast<char>(c)) >= 0 ? 1 : 0;
  EXPECT_EQ(digits, 22);
  EXPECT_EQ(hex_value('0'), 0);
  EXPECT_EQ(hex_value('9'), 9);
  EXPECT_EQ(hex_value('a'), 10);
  EXPECT_EQ(hex_value('F'), 15);
}

TEST(PercentDecode, UndoesOneLevelAndRefusesBrokenEscapes) {
  EXPECT_EQ(percent_decode("a%2Fb%2fc%00"), std::string("a/b/c\0", 6));
  EXPECT_EQ(percent_decode("%2541"), "%41");
  EXPECT_EQ(percent_decode("a+b"), "a+b");
  EXPECT_EQ(percent_decode("a+b%2B", Plus::blank), "a b+");
  for (const char* broken : {"%", "%4", "a%4", "%g0", "%0g", "%%41"}) {
    EXPECT_FALSE(percent_decode(broken)) << broken;
  }
}

TEST(PercentEncode, KeepsWhatIsPlainAndNothingElse) {
  EXPECT_EQ(percent_encode("/sessions"), "/sessions");
  EXPECT_EQ(percent_encode("/a?b"), "/a%3Fb");
  std::string every;
  for (int c = 0; c < 256; ++c) every += static_cast<char>(c);
  EXPECT_EQ(percent_decode(percent_encode(every)), every);
  EXPECT_EQ(percent_encode("a%b c", [](char c) noexcept { return c != '%'; }), "a%25b c");
}

}  // namespace
}  // namespace latchkey
