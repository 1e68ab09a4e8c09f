#include "account/hash_gate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
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

// Line is callers that wait at a gate, each on a thread of its own, in the order they came.
class Line {
 public:
  explicit Line(HashGate& gate) : gate_(gate) {}
  ~Line() {
    for (std::thread& thread : threads_) thread.join();
  }
  // add returns once the caller waits, or was told something else.
  void add(const std::string& name, const Claim& claim) {
    std::atomic<bool> asked{false};
    threads_.emplace_back([this, name, claim, &asked] {
      asked = true;
      const HashGate::Pass pass(gate_, claim);
      const MutexLock lock(mutex_);
      order_.push_back(pass.admitted() ? name : name + " refused");
    });
    while (!asked) std::this_thread::yield();
  }
  std::vector<std::string> order() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    const MutexLock lock(mutex_);
    return order_;
  }

 private:
  HashGate& gate_;
  Mutex mutex_;
  std::vector<std::string> order_ LATCHKEY_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

void wait_for_waiting(const HashGate& gate, std::size_t count) {
  while (gate.waiting() != count) std::this_thread::yield();
}

TEST(HashGate, R75OneAddressHoldsAQuarterOfThePlacesAndLeavesTheRestToOthers) {
  HashGate gate(1, 16);
  auto running = std::make_unique<HashGate::Pass>(gate, Claim{.share = "192.0.2.7"});
  {
    Line line(gate);
    for (int i = 0; i < 4; ++i) line.add("flood", {.share = "192.0.2.7"});
    wait_for_waiting(gate, 4);
    EXPECT_EQ(HashGate::Pass(gate, {.share = "192.0.2.7"}).entry(), HashGate::Entry::over_share);
    line.add("other", {.share = "192.0.2.8"});
    wait_for_waiting(gate, 5);
    running.reset();
    EXPECT_EQ(line.order().size(), 5U);
  }
  EXPECT_TRUE(HashGate::Pass(gate, {.share = "192.0.2.7"}).admitted()) << "places come back";
}

TEST(HashGate, R75AQuarterOfTheQueueIsKeptForKnownDevicesWhichGoFirst) {
  HashGate gate(1, 8);
  auto running = std::make_unique<HashGate::Pass>(gate);
  Line line(gate);
  for (int i = 0; i < 6; ++i) line.add("other", {.share = "192.0.2." + std::to_string(i)});
  wait_for_waiting(gate, 6);
  EXPECT_EQ(HashGate::Pass(gate, {.share = "192.0.2.99"}).entry(), HashGate::Entry::full);
  for (int i = 0; i < 2; ++i) {
    line.add("known", {.known_device = true, .share = "user " + std::to_string(i)});
  }
  wait_for_waiting(gate, 8);
  EXPECT_EQ(HashGate::Pass(gate, {.known_device = true}).entry(), HashGate::Entry::full);
  running.reset();
  const std::vector<std::string> order = line.order();
  ASSERT_EQ(order.size(), 8U);
  EXPECT_EQ(order[0], "known");
  EXPECT_EQ(order[1], "known");
}

TEST(HashGate, OthersHaveTheirTurnHoweverManyKnownDevicesWait) {
  HashGate gate(1, 64);
  auto running = std::make_unique<HashGate::Pass>(gate);
  Line line(gate);
  line.add("other", {});
  wait_for_waiting(gate, 1);
  for (int i = 0; i < 6; ++i) {
    line.add("known", {.known_device = true, .share = "user " + std::to_string(i)});
  }
  wait_for_waiting(gate, 7);
  running.reset();
  const std::vector<std::string> order = line.order();
  ASSERT_EQ(order.size(), 7U);
  EXPECT_EQ(std::find(order.begin(), order.end(), "other") - order.begin(), 3);
}

TEST(HashGate, TheKnownDevicesOfOneUserHoldASmallerShare) {
  HashGate gate(1, 32);
  auto running = std::make_unique<HashGate::Pass>(gate, Claim{true, "user ann"});
  Line line(gate);
  for (int i = 0; i < 2; ++i) line.add("ann", {.known_device = true, .share = "user ann"});
  wait_for_waiting(gate, 2);
  EXPECT_EQ(HashGate::Pass(gate, {.known_device = true, .share = "user ann"}).entry(),
            HashGate::Entry::over_share);
  running.reset();
}

}  // namespace
}  // namespace latchkey::account
