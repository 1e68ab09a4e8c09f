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

}  // namespace
}  // namespace latchkey::codec
