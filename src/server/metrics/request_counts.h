#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/latency.h"

namespace latchkey::server {

// The statuses that answers here have; any other counts as the last, 0.
inline constexpr std::array kCountedStatuses{200, 201, 204, 302, 303, 304, 400, 401, 403,
                                             404, 405, 408, 409, 413, 414, 415, 417, 422,
                                             429, 431, 500, 501, 503, 505, 0};

// RouteTotals are the answers of one route.
struct RouteTotals {
  std::array<std::uint64_t, kCountedStatuses.size()> statuses{};  // as in kCountedStatuses
  LatencyTotals latency{};
};
using RequestTotals = std::vector<RouteTotals>;  // by number of the route

// RequestCounts counts the answers of one event loop: by route, status and time, so by a bounded
// number of labels whatever is asked for. Only the loop's thread adds, so no two of them wait for
// each other's memory; any thread may read.
class RequestCounts {
 public:
  explicit RequestCounts(std::size_t routes = 0) : routes_(routes) {}

  // set_routes forgets everything; before anybody counts or reads.
  void set_routes(std::size_t routes) { routes_ = std::vector<Route>(routes); }
  void add(std::size_t route, int status, std::chrono::nanoseconds took) noexcept;
  // add_to adds what was counted to `totals`, which has as many routes.
  void add_to(RequestTotals& totals) const;

 private:
  using Count = std::atomic<std::uint64_t>;
  struct Route {
    std::array<Count, kCountedStatuses.size()> statuses{};
    std::array<Count, kLatencyBuckets> latency{};
    Count nanoseconds{0};
  };
  std::vector<Route> routes_;
};

// request_metrics writes them in the exposition format of Prometheus; routes never asked for are
// left out.
std::string request_metrics(const RequestTotals& totals, std::span<const std::string_view> names);

}  // namespace latchkey::server
