#include "latchkey/safe_redirect.h"

#include <gtest/gtest.h>

namespace latchkey::guard {
namespace {

TEST(SafeRedirect, KeepsPathsOfThisOrigin) {
  for (const auto* target : {"/", "/training", "/a/b/", "/a?b=c&d=e", "/a#b", "/a%20b",
                             "/sessions?after=x", "/x?next=//e", "/a@b", "/:x", "/a;b"}) {
    EXPECT_EQ(safe_redirect(target, "/home"), target);
  }
}

TEST(SafeRedirect, R170EverythingElseGivesTheFallback) {
  using namespace std::string_view_literals;
  for (const auto target : {"//e"sv,
                            "/\\e"sv,
                            "/\t/e"sv,
                            "/%09/e"sv,
                            "/%5ce"sv,
                            "/%5Ce"sv,
                            "///e"sv,
                            "https:e"sv,
                            "https://e"sv,
                            "javascript:alert(1)"sv,
                            "/..//e"sv,
                            "/../e"sv,
                            "@e"sv,
                            "%2f%2fe"sv,
                            "/%2fe"sv,
                            "/%2e%2e/e"sv,
                            "/a/%2e/b"sv,
                            "\xe3\x80\x82"sv,
                            " /e"sv,
                            "\t//e"sv,
                            "/e\r\nSet-Cookie: a=b"sv,
                            "/e%0d%0aSet-Cookie:x"sv,
                            "/e\0"sv,
                            "/%00"sv,
                            "?a"sv,
                            "#a"sv,
                            "e"sv,
                            ""sv,
                            "/a//b"sv,
                            "/a%3F//b"sv,
                            "/a\\b"sv,
                            "/a?\\"sv,
                            "/\x7f"sv}) {
    EXPECT_EQ(safe_redirect(target, "/home"), "/home") << target;
  }
}

TEST(SafeRedirect, R173BrokenTargetsGiveTheFallback) {
  for (const auto* target : {"/%", "/%4", "/%zz", "/a%2"}) {
    EXPECT_EQ(safe_redirect(target, "/home"), "/home") << target;
  }
  EXPECT_EQ(safe_redirect("/" + std::string(100'000, 'a'), "/home"), "/home");
}

TEST(SafeRedirect, EncodesWhatALocationCannotHold) {
  EXPECT_EQ(safe_redirect("/a b", "/home"), "/a%20b");
  EXPECT_EQ(safe_redirect("/caf\xc3\xa9", "/home"), "/caf%C3%A9");
  EXPECT_EQ(safe_redirect("/\xed\xa0\x80", "/home"), "/%ED%A0%80");
}

TEST(SafeRedirect, R175TheResultIsAtMost2KiB) {
  EXPECT_EQ(safe_redirect("/" + std::string(2047, 'a'), "/home").size(), 2048U);
  EXPECT_EQ(safe_redirect("/" + std::string(2048, 'a'), "/home"), "/home");
  EXPECT_EQ(safe_redirect("/" + std::string(1000, ' '), "/home"), "/home");
}

class SafeReturn : public ::testing::Test {
 protected:
  std::string back(std::string_view target, std::string_view domain = "example.com") {
    return safe_return(target, url_, domain, "/home");
  }
  const PublicUrl url_ = *PublicUrl::parse("https://auth.example.com");
};

TEST_F(SafeReturn, LeadsToPagesOfThisOriginAndOfTheCookiesDomain) {
  for (const auto* target :
       {"/", "/a?b=c", "https://auth.example.com/a", "https://example.com/",
        "https://app.example.com/a/b?c=d#e", "https://a.b.example.com:8443/x"}) {
    EXPECT_EQ(back(target), target);
  }
  EXPECT_EQ(back("https://APP.example.com/A"), "https://app.example.com/A");
  EXPECT_EQ(back("https://app.example.com:443/a"), "https://app.example.com/a");
  EXPECT_EQ(back("https://auth.example.com/a", ""), "https://auth.example.com/a");
}

TEST_F(SafeReturn, R170LeadsNowhereElse) {
  for (const auto* target : {"http://app.example.com/a",
                             "https://evil.com/",
                             "https://evil.com/https://example.com/",
                             "https://example.com.evil.com/",
                             "https://evilexample.com/",
                             "//app.example.com/",
                             "https:app.example.com/",
                             "https:/app.example.com/",
                             "https:///app.example.com/",
                             "https://evil.com\\@app.example.com/",
                             "https://evil.com?.example.com/",
                             "https://evil.com#.example.com/",
                             "https://user@app.example.com/",
                             "https://user:x@app.example.com/",
                             "https://app.example.com",
                             "https://app.example.com?a",
                             "https://app.example.com//evil.com",
                             "https://app.example.com/../a",
                             "https://app.example.com/%2e%2e/a",
                             "https://app.example.com:0/",
                             "://example.com/",
                             "javascript://app.example.com/%0aalert(1)",
                             "https://app.example.com./",
                             "https://app.example.com/a\r\nSet-Cookie:x=y",
                             "https://app.ex\tample.com/",
                             " https://app.example.com/",
                             "ftp://app.example.com/"}) {
    EXPECT_EQ(back(target), "/home") << target;
  }
  EXPECT_EQ(back("https://app.example.com/a", ""), "/home") << "the cookie does not get there";
}

}  // namespace
}  // namespace latchkey::guard
