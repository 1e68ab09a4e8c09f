#include "codec/cookie/chunks.h"

#include <gtest/gtest.h>

namespace latchkey::codec {
namespace {

std::optional<std::string> read(std::string_view line) {
  const std::string_view lines[] = {line};
  return read_chunked(lines, "sid");
}

TEST(CookieChunks, AWholeCookieStandsAlone) {
  EXPECT_EQ(read("sid=whole"), "whole");
  EXPECT_EQ(read("sid.0=part; sid=whole; sid.1=part"), "whole");
  EXPECT_EQ(read("sid="), "");
}

TEST(CookieChunks, ChunksAreJoinedByNumberUpToTheFirstGap) {
  EXPECT_EQ(read("sid.1=b; sid.2=c; sid.0=a"), "abc");
  EXPECT_EQ(read("sid.0=a; sid.2=c"), "a");
  EXPECT_EQ(read("sid.1=b"), std::nullopt);
  std::string many;
  for (int i = 0; i < 20; ++i) many += "sid." + std::to_string(i) + "=x; ";
  EXPECT_EQ(read(many)->size(), kMaxReadChunks);
}

TEST(CookieChunks, OnlyExactNamesCount) {
  EXPECT_EQ(read("sid.00=x; sid.0x=x; sidx=x; sid.=x; xsid.0=x"), std::nullopt);
  EXPECT_EQ(read("sid.0=a; sid.01=x; sid.1.0=x"), "a");
}

TEST(CookieChunks, RepeatedCookiesAreNoCookie) {
  EXPECT_EQ(read("sid=a; sid=b"), std::nullopt);
  EXPECT_EQ(read("sid.0=a; sid.1=b; sid.1=c"), std::nullopt);
}

TEST(CookieChunks, ValuesAreCutAtTheGivenSize) {
  EXPECT_EQ(write_chunked("sid", "abcd", 4)->size(), 1U);
  const auto cut = write_chunked("sid", "abcde", 2);
  ASSERT_TRUE(cut);
  ASSERT_EQ(cut->size(), 3U);
  EXPECT_EQ((*cut)[0], NamedValue("sid.0", "ab"));
  EXPECT_EQ((*cut)[2], NamedValue("sid.2", "e"));
  EXPECT_TRUE(write_chunked("sid", "abcdefgh", 2));
  EXPECT_FALSE(write_chunked("sid", "abcdefghi", 2));
  EXPECT_FALSE(write_chunked("sid", "a", 0));
  EXPECT_EQ(write_chunked("sid", "", 4)->front(), NamedValue("sid", ""));
}

TEST(CookieChunks, WhatTheRequestBroughtAndIsNotReplacedIsStale) {
  const std::string_view lines[] = {"sid=w; sid.0=a; sid.1=b; other=x", "sid.3=d"};
  using Names = std::vector<std::string>;
  EXPECT_EQ(stale_chunks(lines, "sid", *write_chunked("sid", "x", 4)),
            (Names{"sid.0", "sid.1", "sid.3"}));
  EXPECT_EQ(stale_chunks(lines, "sid", *write_chunked("sid", "abc", 2)), (Names{"sid", "sid.3"}));
  EXPECT_EQ(stale_chunks(lines, "none", {}), Names{});
}

}  // namespace
}  // namespace latchkey::codec
