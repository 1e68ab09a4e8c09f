#include "cli/key_text.h"

#include <gtest/gtest.h>

namespace latchkey::cli {
namespace {

std::string decoded(std::string_view text, std::string_view format) {
  const auto key = decode_key(text, format);
  return key ? std::string{key->insecure_view()} : "(refused)";
}

TEST(KeyText, ReadsTextBase64OfBothAlphabetsAndHex) {
  EXPECT_EQ(decoded("abc=", "text"), "abc=");
  EXPECT_EQ(decoded("+/8=", "base64"), "\xfb\xff");
  EXPECT_EQ(decoded("-_8", "base64"), "\xfb\xff");
  EXPECT_EQ(decoded("fBfF", "hex"), "\xfb\xff");
  EXPECT_EQ(decoded("a b", "base64"), "(refused)");
  EXPECT_EQ(decoded("abc", "hex"), "(refused)");
  EXPECT_EQ(decoded("zz", "hex"), "(refused)");
}

}  // namespace
}  // namespace latchkey::cli
