#include "base/random_block.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace latchkey {
namespace {

// The n-th draw is full of the byte n, so that the bytes tell which draw they are of.
int g_draws = 0;
bool g_fails = false;
Result<void> draw(std::uint8_t* out, std::size_t size) {
  if (g_fails) return Error{Errc::entropy_unavailable, "planted"};
  std::fill_n(out, size, static_cast<std::uint8_t>(++g_draws));
  return {};
}

class RandomBlockTest : public ::testing::Test {
 protected:
  RandomBlockTest() {
    g_draws = 0;
    g_fails = false;
  }
  // take returns which draw the bytes are of; 0 when it failed.
  int take(std::size_t size) {
    std::vector<std::uint8_t> out(size);
    if (!block_.fill(out, now_, generation_, draw)) return 0;
    EXPECT_EQ(std::count(out.begin(), out.end(), out.front()), std::ptrdiff_t(size));
    return out.front();
  }
  RandomBlock block_;
  Millis now_{1000};
  unsigned generation_ = 1;
};

TEST_F(RandomBlockTest, R1OneDrawServesSmallRequestsUntilItIsUsedUp) {
  for (std::size_t i = 0; i < RandomBlock::kBytes / 32; ++i) EXPECT_EQ(take(32), 1);
  EXPECT_EQ(take(32), 2) << "no byte is handed out twice";
}

TEST_F(RandomBlockTest, R1ABlockOlderThanItsAgeIsThrownAway) {
  EXPECT_EQ(take(16), 1);
  now_ += RandomBlock::kMaxAge - Millis{1};
  EXPECT_EQ(take(16), 1);
  now_ += Millis{1};
  EXPECT_EQ(take(16), 2) << "a resumed snapshot hands out nothing that is older";
  now_ -= Millis{1};
  EXPECT_EQ(take(16), 3) << "a clock that goes back makes no block younger";
}

TEST_F(RandomBlockTest, R3ABlockOfAnotherProcessIsThrownAway) {
  EXPECT_EQ(take(16), 1);
  ++generation_;
  EXPECT_EQ(take(16), 2);
}

TEST_F(RandomBlockTest, ALargeRequestGoesPastTheBlock) {
  EXPECT_EQ(take(16), 1);
  EXPECT_EQ(take(RandomBlock::kMostFromBlock + 1), 2);
  EXPECT_EQ(take(RandomBlock::kMostFromBlock), 1);
}

TEST_F(RandomBlockTest, R1AFailedDrawHandsOutNothing) {
  EXPECT_EQ(take(16), 1);
  now_ += RandomBlock::kMaxAge;
  g_fails = true;
  EXPECT_EQ(take(16), 0);
  now_ -= RandomBlock::kMaxAge;
  EXPECT_EQ(take(16), 0) << "the old block is not fallen back on";
  g_fails = false;
  EXPECT_EQ(take(16), 2);
}

TEST(RandomBlock, StaysSmallAndShortLived) {
  EXPECT_LE(RandomBlock::kBytes, 1024U);
  EXPECT_LE(RandomBlock::kMaxAge, Millis{100});
}

}  // namespace
}  // namespace latchkey
