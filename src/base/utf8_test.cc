#include "base/utf8.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

TEST(Utf8, CountsCodePoints) {
  EXPECT_EQ(count_code_points(""), 0U);
  EXPECT_EQ(count_code_points("abc"), 3U);
  EXPECT_EQ(count_code_points("J\xc3\xb6rg"), 4U);
  EXPECT_EQ(count_code_points("\xf0\x9f\x98\x80"), 1U);
  EXPECT_EQ(count_code_points(std::string_view("a\0b", 3)), 3U);
  EXPECT_EQ(count_code_points("\xf4\x8f\xbf\xbf"), 1U);
}

TEST(Utf8, RefusesEveryKindOfBrokenSequence) {
  for (std::string_view text :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x80\x80", "\xe2\x82", "\xed\xa0\x80",
        "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xe2\x28\xa1"}) {
    EXPECT_FALSE(count_code_points(text)) << text;
  }
}

TEST(Utf8, FindsControlCharacters) {
  EXPECT_FALSE(has_control("plain J\xc3\xb6rg \xe2\x80\x93"));
  for (std::string_view text :
       {std::string_view("\0", 1), std::string_view("a\n"), std::string_view("\x1b[0m"),
        std::string_view("\x7f"), std::string_view("\xc2\x80"), std::string_view("\xc2\x9f")}) {
    EXPECT_TRUE(has_control(text));
  }
}

TEST(Utf8, CleanLineDropsControlsAndBrokenBytesAndNeverCutsACodePoint) {
  EXPECT_EQ(clean_line("a\r\nb\xff\xc2\x85z", 100), "abz");
  EXPECT_EQ(clean_line("aaa\xf0\x9f\x98\x80", 6), "aaa");
  EXPECT_EQ(clean_line("aaa\xf0\x9f\x98\x80", 7), "aaa\xf0\x9f\x98\x80");
  EXPECT_EQ(clean_line("abc", 0), "");
}

}  // namespace
}  // namespace latchkey
