#include "server/settings/units.h"

#include <gtest/gtest.h>

namespace latchkey::server {
namespace {

TEST(Units, ReadDurations) {
  EXPECT_EQ(parse_duration("0"), Millis{0});
  EXPECT_EQ(parse_duration("250ms"), Millis{250});
  EXPECT_EQ(parse_duration("10s"), std::chrono::seconds{10});
  EXPECT_EQ(parse_duration("5m"), std::chrono::minutes{5});
  EXPECT_EQ(parse_duration("2h"), std::chrono::hours{2});
  EXPECT_EQ(parse_duration("14d"), std::chrono::days{14});
  EXPECT_EQ(parse_duration("2w"), std::chrono::days{14});
  EXPECT_EQ(parse_duration("1.5h"), std::chrono::minutes{90});
  EXPECT_EQ(parse_duration("36500d"), std::chrono::days{36500});
  for (const char* text : {"", "5", "s", "-5s", "+5s", "5 s", "5S", "5sec", "36501d",
                           "99999999999999999999s", "1h30m"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Units, WriteDurationsSoThatTheyReadTheSame) {
  for (const std::int64_t millis : {0LL, 1LL, 250LL, 1000LL, 90'000LL, 3'600'000LL, 86'400'000LL,
                                    1'209'600'000LL, 1'209'600'001LL}) {
    EXPECT_EQ(parse_duration(duration_text(Millis{millis})), Millis{millis});
  }
  EXPECT_EQ(duration_text(std::chrono::hours{48}), "2d");
  EXPECT_EQ(duration_text(std::chrono::seconds{90}), "90s");
}

TEST(Units, ReadHostAndPort) {
  const auto v4 = parse_host_port("127.0.0.1:4470");
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->host, "127.0.0.1");
  EXPECT_EQ(v4->port, 4470);
  const auto v6 = parse_host_port("[::1]:0");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->host, "::1");
  EXPECT_EQ(v6->port, 0);
  EXPECT_EQ(host_port_text("::1", 80), "[::1]:80");
  EXPECT_EQ(host_port_text("localhost", 80), "localhost:80");
  for (const char* text : {"", "a", ":80", "a:", "a:x", "a:65536", "::1:80", "a:-1", "a:80 "}) {
    EXPECT_FALSE(parse_host_port(text)) << text;
  }
}

}  // namespace
}  // namespace latchkey::server
