#include "base/fork.h"

#include <gtest/gtest.h>

#include "tests/support/forked.h"

namespace latchkey {
namespace {

using testing::in_child;

struct Counted {
  explicit Counted(int& counter) : deleted(counter) {}
  ~Counted() { ++deleted; }
  int& deleted;
};

TEST(Fork, F11WhatWasMadeBeforeAForkKnowsItInTheChildOnly) {
  ASSERT_TRUE(counts_forks());
  const ForkGuard before;
  EXPECT_EQ(in_child([&] { return before.crossed() && !ForkGuard{}.crossed() ? 0 : 1; }), 0);
  EXPECT_EQ(in_child([&] {
              const ForkGuard made_by_the_child;
              return in_child([&] { return made_by_the_child.crossed() ? 0 : 1; });
            }),
            0);
  EXPECT_FALSE(before.crossed());
}

TEST(Fork, F11AChildLeavesWhatItsParentOwns) {
  int deleted = 0;
  auto owned = make_fork_owned<Counted>(deleted);
  EXPECT_EQ(in_child([&] {
              owned.reset();
              make_fork_owned<Counted>(deleted).reset();
              return deleted;
            }),
            1)
      << "its own, and not the parent's";
  owned.reset();
  EXPECT_EQ(deleted, 1);
}

TEST(Fork, F11TheErrorSaysWhatToDoAndIsNoOutage) {
  const Error error = forked_error();
  EXPECT_FALSE(error_retryable(error.code));
  EXPECT_NE(error.detail.find("open the store in the child"), std::string::npos);
}

}  // namespace
}  // namespace latchkey
