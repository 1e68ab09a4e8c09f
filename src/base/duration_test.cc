#include "base/duration.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

TEST(Duration, IsANumberWithAUnit) {
  EXPECT_EQ(parse_duration("0"), Millis{0});
  EXPECT_EQ(parse_duration("0s"), Millis{0});
  EXPECT_EQ(parse_duration("250ms"), Millis{250});
  EXPECT_EQ(parse_duration("10s"), std::chrono::seconds{10});
  EXPECT_EQ(parse_duration("15m"), std::chrono::minutes{15});
  EXPECT_EQ(parse_duration("12h"), std::chrono::hours{12});
  EXPECT_EQ(parse_duration("30d"), std::chrono::days{30});
  EXPECT_EQ(parse_duration("2w"), std::chrono::days{14});
}

TEST(Duration, MayHaveAFraction) {
  EXPECT_EQ(parse_duration("1.5h"), std::chrono::minutes{90});
  EXPECT_EQ(parse_duration("0.25s"), Millis{250});
  EXPECT_EQ(parse_duration("0.001s"), Millis{1});
  EXPECT_EQ(parse_duration("1.0005s"), Millis{1001});
  EXPECT_EQ(parse_duration("2.4ms"), Millis{2});
}

TEST(Duration, EndsWithTheYear9999) {
  EXPECT_EQ(parse_duration("253402300799999ms"), Millis{253'402'300'799'999});
  EXPECT_EQ(parse_duration("253402300800000ms"), std::nullopt);
  EXPECT_EQ(parse_duration("2932896.9999999999d"), std::nullopt);
  EXPECT_EQ(parse_duration("99999999999999999999d"), std::nullopt);
}

TEST(Duration, IsNothingOtherwise) {
  for (const char* text :
       {"", "5", "00", "s", "-5m", "+5m", " 5m", "5m ", "5 m", "5M", "5y", "1e3s", ".5s", "5.s",
        "1.2.3s", "0.0001s", "0.5ms", "1,5h", "Infinitys"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace latchkey
