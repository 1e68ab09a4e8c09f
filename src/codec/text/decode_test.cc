#include "codec/text/decode.h"

#include <gtest/gtest.h>

namespace latchkey::codec {
namespace {

std::string lossy(std::string_view bytes) {
  std::string storage;
  return std::string{decode_utf8_lossy(bytes, storage)};
}

TEST(TextDecode, OneByteOrderMarkIsDropped) {
  EXPECT_EQ(decode_utf8("\xef\xbb\xbfx"), "x");
  EXPECT_EQ(decode_utf8("\xef\xbb\xbf\xef\xbb\xbfx"), "\xef\xbb\xbfx");
  EXPECT_EQ(lossy("\xef\xbb\xbfx"), "x");
  EXPECT_EQ(decode_utf8(""), "");
}

TEST(TextDecode, BrokenTextIsRefusedOrReplaced) {
  EXPECT_FALSE(decode_utf8("a\xff"));
  EXPECT_FALSE(decode_utf8("\xed\xa0\xbd"));
  EXPECT_EQ(lossy("a\xff z"), "a\xef\xbf\xbd z");
  EXPECT_EQ(lossy("long enough for words \xff"), "long enough for words \xef\xbf\xbd");
}

// As in the examples of the Unicode standard, chapter 3: one mark for each maximal part.
TEST(TextDecode, EachMaximalPartIsReplacedOnce) {
  const std::string r = "\xef\xbf\xbd";
  EXPECT_EQ(lossy("\xf0\x80\x80\x41"), r + r + r + "A");
  EXPECT_EQ(lossy("\xe0\x80\x80"), r + r + r);
  EXPECT_EQ(lossy("\xf1\x80\x80\x41"), r + "A");
  EXPECT_EQ(lossy("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41"), r + r + r + r + "A");
  EXPECT_EQ(lossy("\xed\xa0\x80"), r + r + r);
  EXPECT_EQ(lossy("\xf4\x90\x80\x80"), r + r + r + r);
  EXPECT_EQ(lossy("\xe2\x82"), r);
}

TEST(TextDecode, LengthCountsAsJavaScriptDoes) {
  EXPECT_EQ(utf16_length(""), 0U);
  EXPECT_EQ(utf16_length("aé€"), 3U);
  EXPECT_EQ(utf16_length("\xf0\x9f\x98\x80"), 2U);
}

}  // namespace
}  // namespace latchkey::codec
