#include "base/fork_generation.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace latchkey {
namespace {

TEST(ForkGeneration, GrowsInAChildAndInItsChildAndNowhereElse) {
  ASSERT_TRUE(counts_forks());
  const unsigned before = fork_generation();
  EXPECT_NE(before, 0U);
  const pid_t child = fork();
  if (child == 0) {
    if (fork_generation() != before + 1) _exit(1);
    const pid_t grandchild = fork();
    if (grandchild == 0) _exit(fork_generation() == before + 2 ? 0 : 1);
    int status = 1;
    waitpid(grandchild, &status, 0);
    _exit(status == 0 && fork_generation() == before + 1 ? 0 : 1);
  }
  int status = 1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(fork_generation(), before);
}

}  // namespace
}  // namespace latchkey
