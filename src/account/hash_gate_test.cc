#include "account/hash_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace latchkey::account {
namespace {

TEST(HashGate, R75WithoutAQueueOnlyTheSlotsAreAdmitted) {
  HashGate gate(2, 0);
  const HashGate::Pass first(gate);
  auto second = std::make_unique<HashGate::Pass>(gate);
  EXPECT_TRUE(first.admitted());
  EXPECT_TRUE(second->admitted());
  EXPECT_FALSE(HashGate::Pass(gate).admitted());
  second.reset();
  EXPECT_TRUE(HashGate::Pass(gate).admitted());
}

TEST(HashGate, R75NeverMoreThanTheSlotsRunAtOnce) {
  HashGate gate(3, 1000);
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  std::atomic<int> admitted{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 50; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round) {
        const HashGate::Pass pass(gate);
        if (!pass.admitted()) continue;
        const int now = ++running;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        std::this_thread::yield();
        --running;
        ++admitted;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, 3);
  EXPECT_EQ(admitted, 1000);
}

}  // namespace
}  // namespace latchkey::account
