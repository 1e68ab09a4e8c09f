#include "server/metrics/request_counts.h"

#include <algorithm>
#include <charconv>
#include <numeric>

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

std::size_t bucket_of(std::chrono::nanoseconds took) noexcept {
  const double seconds = std::chrono::duration<double>(took).count();
  const auto* const found = std::lower_bound(kLatencyBounds.begin(), kLatencyBounds.end(), seconds);
  return static_cast<std::size_t>(found - kLatencyBounds.begin());
}

std::uint64_t sum_of(const auto& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

// Without an exponent, as every other program writes bounds.
std::string bound_text(double bound) {
  std::array<char, 32> digits{};
  char* const end =
      std::to_chars(digits.data(), digits.data() + digits.size(), bound, std::chars_format::fixed)
          .ptr;
  return {digits.data(), end};
}

void append_latency(std::string& out, const RouteTotals& route, const std::string& label) {
  constexpr std::string_view kName = "latchkey_http_request_duration_seconds";
  const std::string bucket = std::string{kName} + "_bucket";
  std::uint64_t until = 0;
  for (std::size_t i = 0; i < kLatencyBuckets; ++i) {
    until += route.latency[i];
    const std::string bound =
        i < kLatencyBounds.size() ? bound_text(kLatencyBounds[i]) : std::string{"+Inf"};
    append_sample(out, bucket, label + ",le=\"" + bound + "\"", static_cast<double>(until));
  }
  append_sample(out, std::string{kName} + "_sum", label, route.seconds);
  append_sample(out, std::string{kName} + "_count", label, static_cast<double>(until));
}

}  // namespace

void RequestCounts::add(std::size_t route, int status, std::chrono::nanoseconds took) noexcept {
  if (route >= routes_.size()) return;
  Route& counts = routes_[route];
  increase_count(counts.statuses[status_index(status)], 1);
  increase_count(counts.latency[bucket_of(took)], 1);
  increase_count(counts.nanoseconds,
                 static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0)));
}

void RequestCounts::add_to(RequestTotals& totals) const {
  for (std::size_t i = 0; i < std::min(totals.size(), routes_.size()); ++i) {
    const Route& from = routes_[i];
    RouteTotals& to = totals[i];
    for (std::size_t k = 0; k < to.statuses.size(); ++k) to.statuses[k] += from.statuses[k].load();
    for (std::size_t k = 0; k < to.latency.size(); ++k) to.latency[k] += from.latency[k].load();
    to.seconds += static_cast<double>(from.nanoseconds.load()) / 1e9;
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
  append_family(out, "latchkey_http_request_duration_seconds", "histogram",
                "From a request's end to its answer.");
  for (std::size_t i = 0; i < routes; ++i) {
    if (sum_of(totals[i].latency) > 0) append_latency(out, totals[i], label(i));
  }
  return out;
}

}  // namespace latchkey::server
