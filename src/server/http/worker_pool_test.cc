#include "server/http/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace latchkey::server {
namespace {

struct Gate {
  std::latch entered{1};
  std::latch open{1};
};
void wait_at(void* context) {
  auto* gate = static_cast<Gate*>(context);
  gate->entered.count_down();
  gate->open.wait();
}
void count(void* context) { static_cast<std::atomic<int>*>(context)->fetch_add(1); }

TEST(WorkerPool, RunsEverythingThatWasAccepted) {
  std::atomic<int> counted{0};
  int accepted = 0;
  {
    WorkerPool pool(4, 1000);
    for (int i = 0; i < 1000; ++i) accepted += pool.submit({&count, &counted}) ? 1 : 0;
  }
  EXPECT_EQ(accepted, 1000);
  EXPECT_EQ(counted.load(), 1000);
}

TEST(WorkerPool, RefusesWhatDoesNotFitIntoItsQueue) {
  Gate gate;
  std::atomic<int> counted{0};
  WorkerPool pool(1, 2);
  ASSERT_TRUE(pool.submit({&wait_at, &gate}));
  gate.entered.wait();
  EXPECT_TRUE(pool.submit({&count, &counted}));
  EXPECT_TRUE(pool.submit({&count, &counted}));
  EXPECT_FALSE(pool.submit({&count, &counted}));
  gate.open.count_down();
  pool.stop();
  EXPECT_EQ(counted.load(), 2);
}

TEST(WorkerPool, TakesNothingAfterStop) {
  std::atomic<int> counted{0};
  WorkerPool pool(1, 2);
  pool.stop();
  EXPECT_FALSE(pool.submit({&count, &counted}));
}

}  // namespace
}  // namespace latchkey::server
