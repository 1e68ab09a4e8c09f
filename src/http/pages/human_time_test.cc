#include "http/pages/human_time.h"

#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

constexpr UnixTime kNow = from_unix_millis(1'800'000'000'000);  // 15 January 2027, 08:00 UTC

TEST(HumanTime, SaysHowLongAgo) {
  EXPECT_EQ(human_age(kNow, kNow), "just now");
  EXPECT_EQ(human_age(kNow - 59s, kNow), "just now");
  EXPECT_EQ(human_age(kNow - 60s, kNow), "1 minute ago");
  EXPECT_EQ(human_age(kNow - 59min, kNow), "59 minutes ago");
  EXPECT_EQ(human_age(kNow - 60min, kNow), "1 hour ago");
  EXPECT_EQ(human_age(kNow - 23h - 59min, kNow), "23 hours ago");
  EXPECT_EQ(human_age(kNow - 24h, kNow), "yesterday");
  EXPECT_EQ(human_age(kNow - days{2}, kNow), "2 days ago");
  EXPECT_EQ(human_age(kNow - days{6} - 23h, kNow), "6 days ago");
  EXPECT_EQ(human_age(kNow - days{7}, kNow), "8 January 2027");
}

TEST(HumanTime, AMomentInTheFutureIsJustNow) {
  EXPECT_EQ(human_age(kNow + 5min, kNow), "just now");
}

TEST(HumanTime, WritesTheExactMomentBesideTheText) {
  Html html;
  append_age(html, kNow - 60s, kNow);
  EXPECT_EQ(html.str(),
            "<time datetime=\"2027-01-15T07:59:00.000Z\" "
            "title=\"Fri, 15 Jan 2027 07:59:00 GMT\">1 minute ago</time>");
}

TEST(HumanTime, WritesADay) {
  Html html;
  append_date(html, kNow);
  EXPECT_EQ(html.str(),
            "<time datetime=\"2027-01-15T08:00:00.000Z\" "
            "title=\"Fri, 15 Jan 2027 08:00:00 GMT\">15 January 2027</time>");
}

}  // namespace
}  // namespace latchkey::http
