#include "server/status/history.h"

#include <gtest/gtest.h>

namespace latchkey::server {
namespace {

Sample at(int second, std::uint64_t served) {
  Sample sample;
  sample.at = UnixTime{std::chrono::seconds{second}};
  sample.served = served;
  return sample;
}

TEST(StatusHistory, KeepsAnHourAndNoMore) {
  History history;
  for (int i = 0; i < 1000; ++i) history.add(at(i, static_cast<std::uint64_t>(i)));
  const auto samples = history.samples();
  ASSERT_EQ(samples.size(), History::kSamples);
  EXPECT_EQ((History::kSamples - 1) * History::kEvery, std::chrono::hours{1});
  EXPECT_EQ(samples.front().served, 1000 - History::kSamples);
  EXPECT_EQ(samples.back().served, 999U);
}

TEST(StatusHistory, TellsWhatHappenedBetweenSamples) {
  const auto found = intervals({at(0, 10), at(15, 40), at(15, 50), at(30, 20), at(45, 20)});
  ASSERT_EQ(found.size(), 2U) << "not where the time or a counter stood still or went back";
  EXPECT_EQ(found[0].seconds, 15);
  EXPECT_EQ(found[0].counts.served, 30U);
  EXPECT_EQ(found[1].counts.served, 0U);
}

// Each counter on its own: one that went back tells of a restart, and the interval is dropped.
TEST(StatusHistory, EachCounterIsComparedAndSubtracted) {
  for (const auto counter : {&Sample::served, &Sample::refused, &Sample::failed, &Sample::logged_in,
                             &Sample::not_logged_in, &Sample::cache_hits, &Sample::cache_misses}) {
    Sample from = at(0, 0), more = at(15, 0), less = at(30, 0);
    from.*counter = 5;
    more.*counter = 12;
    less.*counter = 11;
    const auto found = intervals({from, more, less});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].end, more.at);
    EXPECT_EQ(found[0].counts.*counter, 7U);
  }
  Sample from = at(0, 0), to = at(15, 0);
  from.latency[3] = 2;
  to.latency[3] = 10;
  EXPECT_EQ(intervals({from, to})[0].counts.latency[3], 8U);
}

TEST(StatusHistory, CountsAnswersByWhoseFaultTheyAre) {
  RequestTotals totals(2);
  const auto set = [&](int status, std::uint64_t count) {
    for (std::size_t i = 0; i < kCountedStatuses.size(); ++i) {
      if (kCountedStatuses[i] == status) totals[i % 2].statuses[i] = count;
    }
  };
  set(200, 5);
  set(303, 1);
  set(401, 7);
  set(503, 2);
  set(0, 1);
  totals[0].latency.buckets[2] = 4;
  totals[1].latency.buckets[2] = 3;
  Sample sample;
  add_requests(sample, totals);
  EXPECT_EQ(sample.latency[2], 7U);
  EXPECT_EQ(sample.served, 6U);
  EXPECT_EQ(sample.refused, 7U);
  EXPECT_EQ(sample.failed, 3U);
}

TEST(StatusHistory, EstimatesQuantilesWithinABucket) {
  std::array<std::uint64_t, kLatencyBuckets> latency{};
  EXPECT_FALSE(quantile(latency, 0.5));
  latency[1] = 100;  // from 0.1 to 0.25 ms
  EXPECT_NEAR(quantile(latency, 0.5).value_or(0), 0.000175, 1e-9);
  EXPECT_NEAR(quantile(latency, 1).value_or(0), 0.00025, 1e-9) << "all of them: its upper end";
  latency[0] = 100;
  EXPECT_NEAR(quantile(latency, 0.25).value_or(0), 0.00005, 1e-9) << "from nothing to 0.1 ms";
  EXPECT_NEAR(quantile(latency, 0.75).value_or(0), 0.000175, 1e-9);
  latency[0] = 0;
  latency[kLatencyBuckets - 1] = 100;
  EXPECT_EQ(quantile(latency, 0.99), 10.0) << "longer than the last bound";
}

}  // namespace
}  // namespace latchkey::server
