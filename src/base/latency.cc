#include "base/latency.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "base/metrics.h"

namespace latchkey {
namespace {

// Without an exponent, as every other program writes bounds.
std::string bound_text(double bound) {
  std::array<char, 32> digits{};
  char* const end =
      std::to_chars(digits.data(), digits.data() + digits.size(), bound, std::chars_format::fixed)
          .ptr;
  return {digits.data(), end};
}

}  // namespace

std::size_t latency_bucket(std::chrono::nanoseconds took) noexcept {
  const double seconds = std::chrono::duration<double>(took).count();
  const auto* const found = std::lower_bound(kLatencyBounds.begin(), kLatencyBounds.end(), seconds);
  return static_cast<std::size_t>(found - kLatencyBounds.begin());
}

std::uint64_t LatencyTotals::count() const noexcept {
  return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
}

LatencyTotals Latency::totals() const noexcept {
  LatencyTotals totals;
  for (std::size_t i = 0; i < kLatencyBuckets; ++i) totals.buckets[i] = buckets_[i].load();
  totals.seconds = static_cast<double>(nanoseconds_.load()) / 1e9;
  return totals;
}

void append_latency(std::string& out, std::string_view name, std::string_view labels,
                    const LatencyTotals& totals) {
  const std::string family(name);
  const std::string before = labels.empty() ? std::string{} : std::string{labels} + ",";
  std::uint64_t until = 0;
  for (std::size_t i = 0; i < kLatencyBuckets; ++i) {
    until += totals.buckets[i];
    const std::string bound =
        i < kLatencyBounds.size() ? bound_text(kLatencyBounds[i]) : std::string{"+Inf"};
    append_sample(out, family + "_bucket", before + "le=\"" + bound + "\"",
                  static_cast<double>(until));
  }
  append_sample(out, family + "_sum", labels, totals.seconds);
  append_sample(out, family + "_count", labels, static_cast<double>(until));
}

}  // namespace latchkey
