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

}  // namespace
}  // namespace latchkey::guard
