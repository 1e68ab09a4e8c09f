#include "http/active_count.h"

#include <gtest/gtest.h>

#include <string>

namespace latchkey::http {
namespace {

constexpr UnixTime kNoon = UnixTime{ActiveCount::kWindow * 1000};

SessionId numbered(int number) {
  std::string text = std::to_string(10'000'000 + number);
  return SessionId::parse("06S" + std::string(20 - text.size(), 'A') + text).value();
}

TEST(ActiveCount, CountsEachSessionOnceAndSmallNumbersExactly) {
  ActiveCount count;
  EXPECT_EQ(count.estimate(kNoon), 0U);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 10; ++i) count.add(numbered(i), kNoon);
  }
  EXPECT_EQ(count.estimate(kNoon), 10U);
}

TEST(ActiveCount, LargeNumbersAreWithinFivePercent) {
  ActiveCount count;
  for (const int many : {3'000, 30'000, 100'000}) {
    for (int i = 0; i < many; ++i) count.add(numbered(i), kNoon);
    EXPECT_NEAR(static_cast<double>(count.estimate(kNoon)), many, many * 0.05);
  }
}

TEST(ActiveCount, ForgetsWhoWasNotSeenForTwoWindows) {
  ActiveCount count;
  count.add(numbered(1), kNoon);
  const UnixTime next = kNoon + ActiveCount::kWindow;
  count.add(numbered(2), next);
  EXPECT_EQ(count.estimate(next), 2U);
  EXPECT_EQ(count.estimate(next + ActiveCount::kWindow), 1U);
  EXPECT_EQ(count.estimate(next + 2 * ActiveCount::kWindow), 0U);
  count.add(numbered(3), next + 3 * ActiveCount::kWindow);
  EXPECT_EQ(count.estimate(next + 3 * ActiveCount::kWindow), 1U);
}

}  // namespace
}  // namespace latchkey::http
