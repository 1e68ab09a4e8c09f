#pragma once

#include "latchkey/testing/store_fixture.h"

// Conformance: counters of tries.
namespace latchkey::testing {

inline constexpr CounterRule kGrowing{.free = 3,
                                      .first_delay = Millis{1000},
                                      .longest_delay = Millis{5000},
                                      .most = 8,
                                      .window = std::chrono::hours{1}};
inline constexpr CounterRule kThreeInAMinute = CounterRule::at_most(3, std::chrono::minutes{1});

// take_one tries once at one counter.
inline CounterOutcome take_one(CounterStore& counters, const std::string& key,
                               const CounterRule& rule, UnixTime now) {
  const CounterTry one{key, rule};
  CounterOutcome outcome = must(counters.take({&one, 1}, now));
  EXPECT_EQ(outcome.states.size(), 1U);
  outcome.states.resize(1);
  return outcome;
}

TEST_P(StoreSuite, TriesBeyondTheFreeOnesAreFollowedByGrowingWaits) {
  UnixTime now = kStart;
  const int expected[] = {0, 0, 1000, 2000, 4000, 5000, 5000};
  for (std::uint32_t n = 1; n <= 7; ++n) {
    const CounterOutcome taken = take_one(counters(), "a:1", kGrowing, now);
    ASSERT_TRUE(taken.taken) << n;
    EXPECT_EQ(taken.states[0].count, n);
    const Millis wait{expected[n - 1]};
    if (wait == Millis{0}) {
      EXPECT_LE(taken.states[0].next_at, now);
      continue;
    }
    EXPECT_EQ(taken.states[0].next_at, now + wait) << n;
    const CounterOutcome early = take_one(counters(), "a:1", kGrowing, now + wait - Millis{1});
    EXPECT_FALSE(early.taken) << n;
    EXPECT_EQ(early.states[0].count, n) << "a refused try is not counted";
    EXPECT_EQ(early.states[0].next_at, now + wait);
    now += wait;
  }
  const CounterOutcome last = take_one(counters(), "a:1", kGrowing, now);
  EXPECT_TRUE(last.taken);
  EXPECT_EQ(last.states[0].next_at, now + kGrowing.window) << "after `most` tries, none";
}

TEST_P(StoreSuite, AMovingWindowBeginsWithTheLastTryAndAFixedOneWithTheFirst) {
  const Millis step = std::chrono::seconds{40};
  EXPECT_TRUE(take_one(counters(), "fixed", kThreeInAMinute, kStart).taken);
  EXPECT_EQ(take_one(counters(), "fixed", kThreeInAMinute, kStart + step).states[0].count, 2U);
  const UnixTime end = kStart + kThreeInAMinute.window;
  EXPECT_EQ(take_one(counters(), "fixed", kThreeInAMinute, end - Millis{1}).states[0].next_at, end);
  EXPECT_FALSE(take_one(counters(), "fixed", kThreeInAMinute, end - Millis{1}).taken);
  EXPECT_EQ(take_one(counters(), "fixed", kThreeInAMinute, end).states[0].count, 1U);

  const Millis almost = kGrowing.window - Millis{1};
  EXPECT_TRUE(take_one(counters(), "moving", kGrowing, kStart).taken);
  EXPECT_EQ(take_one(counters(), "moving", kGrowing, kStart + almost).states[0].count, 2U);
  const UnixTime over = kStart + almost + kGrowing.window;
  EXPECT_EQ(take_one(counters(), "moving", kGrowing, over).states[0].count, 1U);
}

TEST_P(StoreSuite, OneCounterThatRefusesLeavesTheOthersAsTheyWere) {
  for (int i = 0; i < 3; ++i) take_one(counters(), "full", kThreeInAMinute, kStart);
  const std::vector<CounterTry> both{{"idle", kGrowing}, {"full", kThreeInAMinute}};
  const CounterOutcome refused = must(counters().take(both, kStart));
  EXPECT_FALSE(refused.taken);
  ASSERT_EQ(refused.states.size(), 2U);
  EXPECT_EQ(refused.states[1].count, 3U);
  EXPECT_EQ(refused.states[1].next_at, kStart + kThreeInAMinute.window);
  EXPECT_EQ(take_one(counters(), "idle", kGrowing, kStart).states[0].count, 1U);
  const CounterOutcome later = must(counters().take(both, kStart + kThreeInAMinute.window));
  EXPECT_TRUE(later.taken);
  EXPECT_EQ(later.states[0].count, 2U);
  EXPECT_EQ(later.states[1].count, 1U);
}

TEST_P(StoreSuite, ASettledCounterIsForgottenOrOneTryShorter) {
  for (int i = 0; i < 3; ++i) {
    take_one(counters(), "cleared", kThreeInAMinute, kStart);
    take_one(counters(), "returned", kThreeInAMinute, kStart);
  }
  const std::vector<std::string> cleared{"cleared", "never-there"};
  const std::vector<std::string> returned{"returned", "nor-this"};
  ASSERT_TRUE(counters().settle(cleared, returned));
  EXPECT_EQ(take_one(counters(), "cleared", kThreeInAMinute, kStart).states[0].count, 1U);
  const CounterOutcome again = take_one(counters(), "returned", kThreeInAMinute, kStart);
  EXPECT_TRUE(again.taken);
  EXPECT_EQ(again.states[0].count, 3U);
  EXPECT_EQ(again.states[0].next_at, kStart + kThreeInAMinute.window) << "the window stays";
  EXPECT_EQ(take_one(counters(), "nor-this", kThreeInAMinute, kStart).states[0].count, 1U);
  EXPECT_TRUE(counters().settle({}, {}));
}

TEST_P(StoreSuite, KeysOfCountersAreCheckedBeforeAnythingIsCounted) {
  for (const std::string& bad : {std::string{}, std::string(65, 'x'), std::string{"a b"},
                                 std::string{"a\n"}, std::string{"fine"}}) {
    const std::vector<CounterTry> tries{{"fine", kGrowing}, {bad, kGrowing}};
    const auto outcome = counters().take(tries, kStart);
    ASSERT_FALSE(outcome) << bad;
    EXPECT_EQ(outcome.error().code, Errc::invalid_argument);
  }
  EXPECT_FALSE(counters().settle(std::vector<std::string>{"a b"}, {}));
  EXPECT_TRUE(must(counters().take({}, kStart)).taken);
  EXPECT_EQ(take_one(counters(), std::string(64, '~'), kGrowing, kStart).states[0].count, 1U);
  EXPECT_EQ(take_one(counters(), "fine", kGrowing, kStart).states[0].count, 1U);
}

TEST_P(StoreSuite, PruningCountersTakesExpiredOnesOnly) {
  for (int i = 0; i < 25; ++i) {
    take_one(counters(), "old:" + std::to_string(i), kThreeInAMinute, kStart);
  }
  const UnixTime end = kStart + kThreeInAMinute.window;
  take_one(counters(), "young", kThreeInAMinute, kStart + Millis{1});
  EXPECT_EQ(must(counters().prune_counters(end - Millis{1}, 10)), 0U);
  std::size_t gone = 0;
  for (std::size_t batch = 10; batch == 10;) {
    batch = must(counters().prune_counters(end, 10));
    EXPECT_LE(batch, 10U);
    gone += batch;
  }
  EXPECT_TRUE(gone == 25 || gone == 0) << gone;  // 0: the engine forgets them by itself
  EXPECT_EQ(take_one(counters(), "young", kThreeInAMinute, end).states[0].count, 2U);
}

TEST_P(StoreSuite, OfManyTriesAtOnceNoMoreGetThroughThanAllowed) {
  for (int trial = 0; trial < trials(5, 200); ++trial) {
    const std::string one = "p:" + std::to_string(trial), other = "q:" + std::to_string(trial);
    std::atomic<int> taken{0};
    run_parallel(8, [&](int thread) {
      std::vector<CounterTry> tries{{one, kThreeInAMinute}, {other, CounterRule{.free = 100}}};
      if (thread % 2 == 0) std::swap(tries[0], tries[1]);  // locks are taken in one order
      taken += must(counters().take(tries, kStart)).taken ? 1 : 0;
    });
    // Where each counter decides for itself, a call that another one refuses may be in the way.
    EXPECT_LE(taken, 3);
    EXPECT_GE(taken, 1);
    EXPECT_LE(take_one(counters(), other, CounterRule{.free = 100}, kStart).states[0].count, 4U);
  }
}

TEST_P(StoreSuite, ACounterIsSharedByEveryHandle) {
  const std::unique_ptr<Store> other = data().open_again();
  if (other == nullptr) GTEST_SKIP() << "the data cannot be shared";
  EXPECT_EQ(take_one(counters(), "shared", kThreeInAMinute, kStart).states[0].count, 1U);
  EXPECT_EQ(take_one(other->counters(), "shared", kThreeInAMinute, kStart).states[0].count, 2U);
  EXPECT_TRUE(take_one(counters(), "shared", kThreeInAMinute, kStart).taken);
  EXPECT_FALSE(take_one(other->counters(), "shared", kThreeInAMinute, kStart).taken);
}

}  // namespace latchkey::testing
