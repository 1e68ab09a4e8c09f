#include "http/pages/html.h"

#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

TEST(Html, ForeignTextCannotLeaveATextOrAnAttribute) {
  Html html;
  html.raw("<p title=\"").text("\"><script>alert('`&`')</script>").raw("\">");
  EXPECT_EQ(
      html.str(),
      "<p title=\"&quot;&gt;&lt;script&gt;alert(&#39;&#96;&amp;&#96;&#39;)&lt;/script&gt;\">");
}

TEST(Html, LeavesOutControlCharactersAndBrokenUtf8) {
  using namespace std::string_view_literals;
  EXPECT_EQ(Html().text("a\0b\r\nc\x1b\xff\xc3(\xed\xa0\x80)\xc2\x85"sv).str(), "abc()");
}

TEST(Html, KeepsEveryOtherCharacter) {
  EXPECT_EQ(Html().text("Zo\xc3\xab \xe2\x80\xae \xf0\x9f\x94\x91").str(),
            "Zo\xc3\xab \xe2\x80\xae \xf0\x9f\x94\x91");
}

TEST(Html, PutsPartsTogether) {
  Html inner;
  inner.raw("<b>").text("<").raw("</b>");
  Html outer;
  outer.raw("<p>").part(inner).raw("</p>");
  EXPECT_EQ(std::move(outer).take(), "<p><b>&lt;</b></p>");
}

}  // namespace
}  // namespace latchkey::http
