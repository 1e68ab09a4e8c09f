#include "session/guest_limiter.h"

#include <gtest/gtest.h>

namespace latchkey::session {
namespace {

constexpr UnixTime kNow{std::chrono::milliseconds{1'700'000'000'000}};

TEST(GuestLimiter, R12AnAddressHasItsAllowanceEveryMinute) {
  GuestLimiter limiter(2);
  EXPECT_TRUE(limiter.allow("192.0.2.1", kNow));
  EXPECT_TRUE(limiter.allow("192.0.2.1", kNow));
  EXPECT_FALSE(limiter.allow("192.0.2.1", kNow + std::chrono::minutes{1} - Millis{1}));
  EXPECT_TRUE(limiter.allow("192.0.2.2", kNow));
  EXPECT_TRUE(limiter.allow("192.0.2.1", kNow + std::chrono::minutes{1}));
}

TEST(GuestLimiter, R159AClockThatWentBackLocksNobodyOut) {
  GuestLimiter limiter(1);
  EXPECT_TRUE(limiter.allow("192.0.2.1", kNow));
  EXPECT_TRUE(limiter.allow("192.0.2.1", kNow - std::chrono::hours{1}));
  EXPECT_FALSE(limiter.allow("192.0.2.1", kNow - std::chrono::hours{1}));
}

TEST(GuestLimiter, M8WithoutAnAddressNobodyIsRefusedForOthers) {
  GuestLimiter limiter(1);
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(limiter.allow("", kNow)) << i;
  EXPECT_TRUE(limiter.allow("192.0.2.1", kNow));
  EXPECT_FALSE(limiter.allow("192.0.2.1", kNow));
}

TEST(GuestLimiter, M8BeyondItsTableNewcomersDoNotShareOneAllowance) {
  GuestLimiter limiter(1);
  const auto address = [](std::size_t i) { return "2001:db8::" + std::to_string(i); };
  for (std::size_t i = 0; i < GuestLimiter::kMaxAddresses; ++i) {
    ASSERT_TRUE(limiter.allow(address(i), kNow)) << i;
  }
  constexpr std::size_t kNewcomers = 1000;
  std::size_t allowed = 0;
  for (std::size_t i = 0; i < kNewcomers; ++i) {
    if (limiter.allow("192.0.2." + std::to_string(i), kNow)) ++allowed;
  }
  EXPECT_GT(allowed, kNewcomers / 2);
  EXPECT_FALSE(limiter.allow(address(0), kNow)) << "who has an allowance keeps it";
  // A minute later the table is free again.
  EXPECT_TRUE(limiter.allow("192.0.2.1", kNow + std::chrono::minutes{1}));
}

}  // namespace
}  // namespace latchkey::session
