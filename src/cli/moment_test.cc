#include "cli/moment.h"

#include <gtest/gtest.h>

namespace latchkey::cli {
namespace {

std::int64_t millis(std::string_view text) {
  const auto moment = parse_moment(text);
  return moment ? to_unix_millis(*moment) : -1;
}

TEST(Moment, ReadsSecondsMillisecondsAndRfc3339) {
  EXPECT_EQ(millis("1763683200"), 1763683200000);
  EXPECT_EQ(millis("1763683200.25"), 1763683200250);
  EXPECT_EQ(millis("1763683200250"), 1763683200250);
  EXPECT_EQ(millis("0"), 0);
  EXPECT_EQ(millis("99999999999"), 99'999'999'999'000) << "the last that counts as seconds";
  EXPECT_EQ(millis("100000000000"), 100'000'000'000);
  EXPECT_EQ(millis("253402300799999"), 253'402'300'799'999) << "the end of the year 9999";
  EXPECT_EQ(millis("2025-11-21T00:00:00Z"), 1763683200000);
  EXPECT_EQ(millis("2025-11-21 00:00:00.2567z"), 1763683200256);
  EXPECT_EQ(millis("2025-11-21T02:00:00+02:00"), 1763683200000);
  EXPECT_EQ(millis("2025-11-20T23:30:00.1-00:30"), 1763683200100);
}

TEST(Moment, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "now", "-1", "1e9x", "2025-11-21", "2025-02-30T00:00:00Z", "2025-11-21T24:00:00Z",
        "2025-11-21T00:60:00Z", "2025-11-21T00:00:00", "2025-11-21T00:00:00.Z",
        "2025-11-21T00:00:00Zx", "2025-11-21T00:00:00+0200", "99999999999999999", "253402300800000",
        "inf", "nan", "1763683200 "}) {
    EXPECT_EQ(millis(text), -1) << text;
  }
}

TEST(Moment, TellsDistancesInTheLargestUnit) {
  const UnixTime now = from_unix_millis(1763683200000);
  using namespace std::chrono;
  EXPECT_EQ(relative_text(now, now), "now");
  EXPECT_EQ(relative_text(now + seconds{1}, now), "in 1 second");
  EXPECT_EQ(relative_text(now - minutes{5}, now), "5 minutes ago");
  EXPECT_EQ(relative_text(now + hours{47}, now), "in 1 day");
  EXPECT_EQ(relative_text(now + hours{48}, now), "in 2 days");
  EXPECT_EQ(relative_text(now + hours{24}, now), "in 1 day");
  EXPECT_EQ(relative_text(now + hours{24} - seconds{1}, now), "in 23 hours");
  EXPECT_EQ(relative_text(now - hours{1}, now), "1 hour ago");
  EXPECT_EQ(relative_text(now - seconds{3599}, now), "59 minutes ago");
  EXPECT_EQ(relative_text(now + seconds{60}, now), "in 1 minute");
  EXPECT_EQ(relative_text(now + seconds{59}, now), "in 59 seconds");
  EXPECT_EQ(relative_text(now - milliseconds{999}, now), "now");
}

}  // namespace
}  // namespace latchkey::cli
