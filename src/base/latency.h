#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Histograms of time, for metrics.
namespace latchkey {

// Bounds of the buckets in seconds; one more bucket has what took longer.
inline constexpr std::array kLatencyBounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                           0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                           1.0,    2.5,     5.0,    10.0};
inline constexpr std::size_t kLatencyBuckets = kLatencyBounds.size() + 1;

std::size_t latency_bucket(std::chrono::nanoseconds took) noexcept;

struct LatencyTotals {
  std::array<std::uint64_t, kLatencyBuckets> buckets{};  // each alone
  double seconds = 0;                                    // all together
  std::uint64_t count() const noexcept;
};

// Latency counts how long something took. Thread-safe.
class Latency {
 public:
  void add(std::chrono::nanoseconds took) noexcept {
    buckets_[latency_bucket(took)].fetch_add(1, std::memory_order_relaxed);
    nanoseconds_.fetch_add(static_cast<std::uint64_t>(took.count() > 0 ? took.count() : 0),
                           std::memory_order_relaxed);
  }
  LatencyTotals totals() const noexcept;

 private:
  std::array<std::atomic<std::uint64_t>, kLatencyBuckets> buckets_{};
  std::atomic<std::uint64_t> nanoseconds_{0};
};

// append_latency writes the samples of one histogram, in the exposition format of Prometheus.
void append_latency(std::string& out, std::string_view name, std::string_view labels,
                    const LatencyTotals& totals);

}  // namespace latchkey
