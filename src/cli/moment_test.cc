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
  EXPECT_EQ(millis("2025-11-21T00:00:00Z"), 1763683200000);
  EXPECT_EQ(millis("2025-11-21 00:00:00.2567z"), 1763683200256);
  EXPECT_EQ(millis("2025-11-21T02:00:00+02:00"), 1763683200000);
  EXPECT_EQ(millis("2025-11-20T23:30:00.1-00:30"), 1763683200100);
}

TEST(Moment, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "now", "-1", "1e9x", "2025-11-21", "2025-02-30T00:00:00Z", "2025-11-21T24:00:00Z",
        "2025-11-21T00:60:00Z", "2025-11-21T00:00:00", "2025-11-21T00:00:00.Z",
        "2025-11-21T00:00:00Zx", "2025-11-21T00:00:00+0200", "99999999999999999", "inf", "nan"}) {
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
}

}  // namespace
}  // namespace latchkey::cli
