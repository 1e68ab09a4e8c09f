#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "latchkey/time.h"
#include "server/metrics/request_counts.h"

namespace latchkey::server {

// Sample is what had been counted since the start at one moment.
struct Sample {
  UnixTime at{};
  std::uint64_t served = 0;   // answers below 400
  std::uint64_t refused = 0;  // from 400 to 499
  std::uint64_t failed = 0;   // 500 and more
  std::array<std::uint64_t, kLatencyBuckets> latency{};
  std::uint64_t logged_in = 0;      // log-ins and sign-ups
  std::uint64_t not_logged_in = 0;  // those that were refused or failed
  std::uint64_t cache_hits = 0;
  std::uint64_t cache_misses = 0;
  std::optional<double> lag{};  // seconds until a change of another node is heard, at that moment
};

// add_requests puts the answers of all routes into `sample`.
void add_requests(Sample& sample, const RequestTotals& totals);

// History keeps the samples of the last hour, in memory and bounded. Thread-safe.
class History {
 public:
  static constexpr Millis kEvery = std::chrono::seconds{15};
  static constexpr std::size_t kSamples = 241;  // an hour, both ends included

  void add(const Sample& sample) LATCHKEY_EXCLUDES(mutex_);
  // samples returns them, the oldest first.
  std::vector<Sample> samples() const LATCHKEY_EXCLUDES(mutex_);

 private:
  mutable Mutex mutex_;
  std::vector<Sample> ring_ LATCHKEY_GUARDED_BY(mutex_);
  std::size_t next_ LATCHKEY_GUARDED_BY(mutex_) = 0;
};

// Interval is what happened between two samples.
struct Interval {
  UnixTime end{};
  double seconds = 0;
  Sample counts{};  // the differences; `at` and `lag` of the later one
};
// intervals returns what happened between each two samples. A counter that went back, which none
// does while the process runs, gives nothing for that interval.
std::vector<Interval> intervals(const std::vector<Sample>& samples);

// quantile estimates the time below which the share `q` of answers was, from the bounds of their
// buckets; nothing without answers.
std::optional<double> quantile(const std::array<std::uint64_t, kLatencyBuckets>& latency, double q);

}  // namespace latchkey::server
