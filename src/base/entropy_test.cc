#include "latchkey/entropy.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <set>
#include <thread>
#include <vector>

namespace latchkey {
namespace {

using Draw = std::array<std::uint8_t, 16>;

Draw draw() {
  Draw out{};
  EXPECT_TRUE(system_entropy().fill(out));
  return out;
}

TEST(Entropy, R3DrawsOfManyThreadsNeverRepeat) {
  std::vector<std::set<Draw>> drawn(4);
  std::vector<std::thread> threads;
  for (auto& mine : drawn) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < 2000; ++i) mine.insert(draw());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<Draw> all;
  for (const auto& mine : drawn) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 8000U);
}

TEST(Entropy, R3AForkedChildDrawsSomethingElse) {
  draw();  // leaves a block half used, which the child must not go on with
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    Draw mine{};
    const bool fine = system_entropy().fill(mine).has_value() &&
                      write(ends[1], mine.data(), mine.size()) == ssize_t(mine.size());
    _exit(fine ? 0 : 1);
  }
  const Draw parents = draw();
  Draw childs{};
  ASSERT_EQ(read(ends[0], childs.data(), childs.size()), ssize_t(childs.size()));
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_NE(parents, childs);
  close(ends[0]);
  close(ends[1]);
}

TEST(Entropy, FillsLargeRequestsWhole) {
  std::vector<std::uint8_t> large(1 << 20);
  ASSERT_TRUE(system_entropy().fill(large));
  std::size_t zeros = 0;
  for (std::uint8_t byte : large) zeros += byte == 0 ? 1 : 0;
  EXPECT_NEAR(static_cast<double>(zeros), 4096.0, 600.0);  // one in 256
}

}  // namespace
}  // namespace latchkey
