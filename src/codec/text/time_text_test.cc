#include "codec/text/time_text.h"

#include <gtest/gtest.h>

namespace latchkey::codec {
namespace {

TEST(TimeText, WritesImfFixdate) {
  EXPECT_EQ(imf_fixdate(from_unix_millis(784111777999)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(imf_fixdate(from_unix_millis(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(imf_fixdate(kNever), "Fri, 31 Dec 9999 23:59:59 GMT");
}

TEST(TimeText, WritesRfc3339WithMilliseconds) {
  EXPECT_EQ(rfc3339(from_unix_millis(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(from_unix_millis(1795235820250)), "2026-11-21T04:37:00.250Z");
  EXPECT_EQ(rfc3339(from_unix_millis(951782400007)), "2000-02-29T00:00:00.007Z");
  EXPECT_EQ(rfc3339(kNever), "9999-12-31T23:59:59.999Z");
}

TEST(TimeText, ReadsRfc3339WithAnyOffset) {
  for (const char* text : {"2026-11-21T04:37:00.250Z", "2026-11-21t04:37:00.2509z",
                           "2026-11-21 05:37:00.25+01:00", "2026-11-20T23:07:00.250-05:30"}) {
    EXPECT_EQ(parse_rfc3339(text), from_unix_millis(1795235820250)) << text;
  }
  EXPECT_EQ(parse_rfc3339("9999-12-31T23:59:59.999Z"), kNever);
}

TEST(TimeText, WhatIsNoMomentIsRefused) {
  for (const char* text :
       {"", "2026-11-21", "2026-11-21T04:37:00", "2026-11-21T04:37Z", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T04:60:00Z",
        "2026-11-21T04:37:60Z", "2026-11-21T04:37:00.Z", "2026-11-21T04:37:00Z ",
        "2026-11-21T04:37:00+24:00", "2026-11-21T04:37:00+01:60", "2026-11-21T04:37:00+0100"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

}  // namespace
}  // namespace latchkey::codec
