#include "http/pages/form.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace latchkey::http {
namespace {

TEST(Form, DecodesFields) {
  const auto form = Form::parse("username=a%40b.c&password=two+words%2B%26&empty=&bare");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->get("username"), "a@b.c");
  EXPECT_EQ(form->get("password"), "two words+&");
  EXPECT_TRUE(form->has("empty"));
  EXPECT_TRUE(form->has("bare"));
  EXPECT_EQ(form->get("bare"), "");
  EXPECT_FALSE(form->has("other"));
  EXPECT_EQ(form->get("other"), "");
}

TEST(Form, KeepsEveryByteAnEscapeCanName) {
  using namespace std::string_view_literals;
  EXPECT_EQ(Form::parse("a=%00%ff%0d%0a")->get("a"), "\0\xff\r\n"sv);
}

TEST(Form, AnEmptyTextIsAFormWithoutFields) {
  EXPECT_TRUE(Form::parse(""));
  EXPECT_TRUE(Form::parse("&&"));
}

TEST(Form, ABrokenEscapeIsNoForm) {
  for (const auto* text : {"a=%", "a=%4", "a=%zz", "%=a", "a=b&c=%g0"}) {
    EXPECT_FALSE(Form::parse(text)) << text;
  }
}

TEST(Form, AFieldTwiceIsNoForm) {
  EXPECT_FALSE(Form::parse("a=1&a=1"));
  EXPECT_FALSE(Form::parse("a=1&%61=2"));
}

TEST(Form, HoldsSixtyFourFields) {
  std::string text = "f0=x";
  for (int i = 1; i < 64; ++i) text += "&f" + std::to_string(i) + "=x";
  EXPECT_TRUE(Form::parse(text));
  EXPECT_FALSE(Form::parse(text + "&one-more=x"));
}

TEST(Form, ReadsWhatPercentEncodeWrote) {
  const std::string hostile = "/a?b=c&d=e#f %25\"<>\xc3\xa9\r\n";
  EXPECT_EQ(Form::parse("next=" + percent_encode(hostile))->get("next"), hostile);
}

}  // namespace
}  // namespace latchkey::http
