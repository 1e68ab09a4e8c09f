#include "server/metrics/request_counts.h"

#include <algorithm>

#include "base/metrics.h"

namespace latchkey::server {
namespace {

// One thread writes, so a load and a store are enough.
void increase_count(std::atomic<std::uint64_t>& count, std::uint64_t by) noexcept {
  count.store(count.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

std::size_t status_index(int status) noexcept {
  const auto* const found = std::find(kCountedStatuses.begin(), kCountedStatuses.end() - 1, status);
  return static_cast<std::size_t>(found - kCountedStatuses.begin());
}

}  // namespace

void RequestCounts::add(std::size_t route, int status, std::chrono::nanoseconds took) noexcept {
  if (route >= routes_.size()) return;
  Route& counts = routes_[route];
  increase_count(counts.statuses[status_index(status)], 1);
  increase_count(counts.latency[latency_bucket(took)], 1);
  increase_count(counts.nanoseconds,
                 static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0)));
}

void RequestCounts::add_to(RequestTotals& totals) const {
  for (std::size_t i = 0; i < std::min(totals.size(), routes_.size()); ++i) {
    const Route& from = routes_[i];
    RouteTotals& to = totals[i];
    for (std::size_t k = 0; k < to.statuses.size(); ++k) to.statuses[k] += from.statuses[k].load();
    for (std::size_t k = 0; k < kLatencyBuckets; ++k) {
      to.latency.buckets[k] += from.latency[k].load();
    }
    to.latency.seconds += static_cast<double>(from.nanoseconds.load()) / 1e9;
  }
}

std::string request_metrics(const RequestTotals& totals, std::span<const std::string_view> names) {
  std::string out;
  append_family(out, "latchkey_http_requests_total", "counter", "Answers by route and status.");
  const auto label = [&](std::size_t i) { return "route=\"" + std::string{names[i]} + "\""; };
  const std::size_t routes = std::min(totals.size(), names.size());
  for (std::size_t i = 0; i < routes; ++i) {
    for (std::size_t k = 0; k < kCountedStatuses.size(); ++k) {
      if (totals[i].statuses[k] == 0) continue;
      const int status = kCountedStatuses[k];
      const std::string code = status == 0 ? std::string{"other"} : std::to_string(status);
      append_sample(out, "latchkey_http_requests_total", label(i) + ",code=\"" + code + "\"",
                    static_cast<double>(totals[i].statuses[k]));
    }
  }
  constexpr std::string_view kDuration = "latchkey_http_request_duration_seconds";
  append_family(out, kDuration, "histogram", "From a request's end to its answer.");
  for (std::size_t i = 0; i < routes; ++i) {
    const LatencyTotals& latency = totals[i].latency;
    if (latency.count() > 0) append_latency(out, kDuration, label(i), latency);
  }
  return out;
}

}  // namespace latchkey::server
