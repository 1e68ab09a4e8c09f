#include "server/status/history.h"

#include <numeric>

namespace latchkey::server {
namespace {

bool went_back(const Sample& from, const Sample& to) noexcept {
  return to.at <= from.at || to.served < from.served || to.refused < from.refused ||
         to.failed < from.failed || to.logged_in < from.logged_in ||
         to.not_logged_in < from.not_logged_in || to.cache_hits < from.cache_hits ||
         to.cache_misses < from.cache_misses;
}

}  // namespace

void add_requests(Sample& sample, const RequestTotals& totals) {
  for (const RouteTotals& route : totals) {
    for (std::size_t i = 0; i < kCountedStatuses.size(); ++i) {
      const int status = kCountedStatuses[i];
      // What is not counted by its own number is none of ours, so it is no success.
      const bool failed = status >= 500 || status == 0;
      std::uint64_t& count = failed          ? sample.failed
                             : status >= 400 ? sample.refused
                                             : sample.served;
      count += route.statuses[i];
    }
    for (std::size_t i = 0; i < kLatencyBuckets; ++i) sample.latency[i] += route.latency.buckets[i];
  }
}

void History::add(const Sample& sample) {
  const MutexLock lock(mutex_);
  if (ring_.size() < kSamples) {
    ring_.push_back(sample);
    return;
  }
  ring_[next_] = sample;
  next_ = (next_ + 1) % kSamples;
}

std::vector<Sample> History::samples() const {
  const MutexLock lock(mutex_);
  std::vector<Sample> all;
  all.reserve(ring_.size());
  for (std::size_t i = 0; i < ring_.size(); ++i) all.push_back(ring_[(next_ + i) % ring_.size()]);
  return all;
}

std::vector<Interval> intervals(const std::vector<Sample>& samples) {
  std::vector<Interval> all;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const Sample& from = samples[i - 1];
    const Sample& to = samples[i];
    if (went_back(from, to)) continue;
    Interval& interval = all.emplace_back();
    interval.end = to.at;
    interval.seconds = std::chrono::duration<double>(to.at - from.at).count();
    interval.counts = to;
    Sample& counts = interval.counts;
    counts.served -= from.served;
    counts.refused -= from.refused;
    counts.failed -= from.failed;
    counts.logged_in -= from.logged_in;
    counts.not_logged_in -= from.not_logged_in;
    counts.cache_hits -= from.cache_hits;
    counts.cache_misses -= from.cache_misses;
    for (std::size_t k = 0; k < kLatencyBuckets; ++k) counts.latency[k] -= from.latency[k];
  }
  return all;
}

std::optional<double> quantile(const std::array<std::uint64_t, kLatencyBuckets>& latency,
                               double q) {
  const auto all = std::accumulate(latency.begin(), latency.end(), std::uint64_t{0});
  if (all == 0) return std::nullopt;
  const double wanted = q * static_cast<double>(all);
  double seen = 0;
  for (std::size_t i = 0; i < kLatencyBounds.size(); ++i) {
    const auto here = static_cast<double>(latency[i]);
    if (here > 0 && seen + here >= wanted) {
      const double low = i == 0 ? 0 : kLatencyBounds[i - 1];
      return low + (kLatencyBounds[i] - low) * (wanted - seen) / here;
    }
    seen += here;
  }
  return kLatencyBounds.back();  // or longer
}

}  // namespace latchkey::server
