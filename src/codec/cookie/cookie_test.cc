#include "latchkey/codec/cookie.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace latchkey {
namespace {

using State = CookieMatch::State;

CookieMatch find(std::vector<std::string_view> lines, std::string_view name = "__Host-s") {
  return find_cookie(lines, name);
}

TEST(FindCookie, FindsThePairAmongOthers) {
  const CookieMatch match = find({"a=1; __Host-s=good; b=2"});
  EXPECT_EQ(match.state, State::found);
  EXPECT_EQ(match.value, "good");
  EXPECT_EQ(find({"a=1;  __Host-s =  good\t; b=2"}).value, "good") << "blanks are nobody's";
}

TEST(FindCookie, R40JoinsSeveralLinesAndToleratesAMissingBlank) {
  for (std::size_t position = 0; position < 10; ++position) {
    std::vector<std::string_view> lines(10, "x=1;y=2");
    lines[position] = "x=1;__Host-s=good;y=2";
    EXPECT_EQ(find(lines).value, "good") << position;
  }
  EXPECT_EQ(find({";;; ;__Host-s=good;"}).value, "good");
}

TEST(FindCookie, R41TheSameNameTwiceIsNoSession) {
  EXPECT_EQ(find({"__Host-s=good; __Host-s=evil"}).state, State::duplicated);
  EXPECT_EQ(find({"__Host-s=evil; __Host-s=good"}).state, State::duplicated);
  EXPECT_EQ(find({"__Host-s=good", "__Host-s=good"}).state, State::duplicated);
  EXPECT_EQ(find({"__Host-s=good; __Host-s="}).state, State::duplicated);
}

TEST(FindCookie, R42OnlyTheExactNameCounts) {
  for (std::string_view line :
       {"\xE2\x80\x80__Host-s=evil", "__host-s=evil", "%5f_Host-s=evil", "$__Host-s=evil",
        "a=\"x; __Host-s2=evil\"", "=__Host-s=evil", "__Host-s", "__Host-s\x0b=evil",
        "a,__Host-s=evil", "__Host-s =", "\xc2\xa0__Host-s=evil"}) {
    const CookieMatch match = find({line});
    EXPECT_TRUE(match.state == State::absent || match.value.empty()) << line;
  }
  // No RFC 2109 mode: $Version is a cookie like any other.
  EXPECT_EQ(find({"$Version=1; __Host-s=v"}).value, "v");
}

TEST(FindCookie, QuotesDoNotHideOrDecodeAnything) {
  // A quote never spans pairs, so what looks hidden inside quotes is a pair and duplicates the
  // name.
  EXPECT_EQ(find({"__Host-s=good; a=\"x; __Host-s=evil\""}).state, State::duplicated);
  EXPECT_EQ(find({"__Host-s=\"good\""}).value, "\"good\"");
  EXPECT_EQ(find({"__Host-s=a%20b=c"}).value, "a%20b=c");
}

TEST(FindCookie, R47AbsentIsOrdinary) {
  EXPECT_EQ(find({}).state, State::absent);
  EXPECT_EQ(find({""}).state, State::absent);
  EXPECT_EQ(find({"other=%; broken", "="}).state, State::absent);
}

CookieWriter writer(CookieOptions options = {}) { return *CookieWriter::make(std::move(options)); }
constexpr UnixTime kSetAt = from_unix_millis(784111777000);  // Sun, 06 Nov 1994 08:49:37 GMT

TEST(SetCookie, R31R39WritesEveryAttributeOfAPersistentCookie) {
  EXPECT_EQ(*writer().write("v", kSetAt + std::chrono::hours{1}, kSetAt),
            "__Host-session=v; Max-Age=3600; Expires=Sun, 06 Nov 1994 09:49:37 GMT; Path=/; "
            "HttpOnly; Secure; SameSite=Lax");
}

TEST(SetCookie, LifetimesAreRoundedUpToSeconds) {
  const auto text = *writer().write("v", kSetAt + Millis{1}, kSetAt);
  EXPECT_NE(text.find("; Max-Age=1; Expires=Sun, 06 Nov 1994 08:49:38 GMT;"), std::string::npos)
      << text;
}

TEST(SetCookie, ABrowserLivedCookieHasNoLifetime) {
  EXPECT_EQ(*writer().write("v", std::nullopt, kSetAt),
            "__Host-session=v; Path=/; HttpOnly; Secure; SameSite=Lax");
}

TEST(SetCookie, R46BlankHasTheSameAttributes) {
  EXPECT_EQ(writer().blank(),
            "__Host-session=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; "
            "Secure; SameSite=Lax");
  const CookieWriter shared = writer({.name = "s",
                                      .same_site = SameSite::none,
                                      .path = "/app",
                                      .domain = "example.com",
                                      .partitioned = true});
  EXPECT_EQ(shared.blank(),
            "s=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/app; Domain=example.com; "
            "HttpOnly; Secure; SameSite=None; Partitioned");
}

TEST(SetCookie, R37NeverLivesLongerThan400Days) {
  const auto text = *writer().write("v", kSetAt + std::chrono::days{500}, kSetAt);
  EXPECT_NE(text.find("; Max-Age=34560000;"), std::string::npos) << text;
  EXPECT_NE(writer().write("v", kNever, kSetAt)->find("; Max-Age=34560000;"), std::string::npos);
  EXPECT_NE(writer().write("v", kSetAt - std::chrono::days{1}, kSetAt)->find("; Max-Age=0;"),
            std::string::npos);
}

TEST(SetCookie, R36NameAndValueFillAtMost4096Octets) {
  const std::size_t room = kMaxCookieBytes - writer().options().name.size();
  EXPECT_TRUE(writer().write(std::string(room, 'v'), std::nullopt, kSetAt));
  const auto over = writer().write(std::string(room + 1, 'v'), std::nullopt, kSetAt);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Errc::too_large);
  EXPECT_NE(over.error().detail.find("4097"), std::string::npos);
}

TEST(SetCookie, R38RefusesOctetsACookieCannotHold) {
  for (int octet = 0; octet < 256; ++octet) {
    const char c = static_cast<char>(octet);
    const bool fine = octet > 0x20 && octet < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
    EXPECT_EQ(writer().write(std::string(1, c), std::nullopt, kSetAt).has_value(), fine) << octet;
  }
}

TEST(SetCookie, R31R32BrokenPrefixRulesAreRefusedAtConstruction) {
  const std::vector<CookieOptions> broken = {
      {.name = "__Host-s", .secure = false},
      {.name = "__Host-s", .path = "/app"},
      {.name = "__Host-s", .domain = "example.com"},
      {.name = "__host-s", .secure = false},
      {.name = "__Secure-s", .secure = false},
      {.name = "__SECURE-s", .secure = false},
      {.name = "__Http-s", .http_only = false},
      {.name = "__Http-s", .secure = false},
      {.name = "__Host-Http-s", .http_only = false},
      {.name = "s", .secure = false, .same_site = SameSite::none},
      {.name = "s", .partitioned = true},
      {.name = ""},
      {.name = "a b"},
      {.name = "a=b"},
      {.name = "a;b"},
      {.name = "a\r\nb"},
      {.name = std::string(257, 'n')},
      {.name = "s", .path = ""},
      {.name = "s", .path = "app"},
      {.name = "s", .path = "/a;b"},
      {.name = "s", .path = "/a\nb"},
      {.name = "s", .path = "/" + std::string(1024, 'p')},
      {.name = "s", .domain = "a;b"},
  };
  for (const CookieOptions& options : broken) {
    const auto made = CookieWriter::make(options);
    ASSERT_FALSE(made) << options.name;
    EXPECT_EQ(made.error().code, Errc::bad_config);
    EXPECT_FALSE(made.error().detail.empty());
  }
}

TEST(SetCookie, WhatItWritesIsFoundAgain) {
  const std::string line = *writer().write("value-_1", std::nullopt, kSetAt);
  const std::string_view pair = std::string_view(line).substr(0, line.find(';'));
  EXPECT_EQ(find({pair}, "__Host-session").value, "value-_1");
}

}  // namespace
}  // namespace latchkey
