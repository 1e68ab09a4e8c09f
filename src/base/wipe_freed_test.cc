#include "base/wipe_freed.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

TEST(WipeFreed, L1IsActiveOnItsThreadUntilTheLastOneEnds) {
  EXPECT_FALSE(WipeFreed::active());
  {
    const WipeFreed outer;
    { const WipeFreed inner; }
    EXPECT_TRUE(WipeFreed::active());
  }
  EXPECT_FALSE(WipeFreed::active());
}

TEST(WipeFreed, L1AppendingKeepsTheTextAndGrowsAsAStringDoes) {
  std::string text;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    append_wiping(text, "part " + std::to_string(i));
    expected += "part " + std::to_string(i);
  }
  EXPECT_EQ(text, expected);
  const std::size_t capacity = text.capacity();
  append_wiping(text, "");
  EXPECT_EQ(text.capacity(), capacity);
}

}  // namespace
}  // namespace latchkey
