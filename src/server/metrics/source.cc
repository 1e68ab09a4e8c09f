#include "server/metrics/source.h"

#include <numeric>

#include "latchkey/version.h"
#include "server/log/sink.h"
#include "server/metrics/server_metrics.h"

namespace latchkey::server {
namespace {

void add_entries(Sample& sample, const http::EntryTotals& totals) {
  const auto& outcomes = totals.outcomes;
  sample.logged_in += outcomes.front();
  sample.not_logged_in +=
      std::accumulate(outcomes.begin() + 1, outcomes.end(), totals.overloaded + totals.failed);
}

std::uint64_t rate_limited(const http::EntryTotals& totals) {
  return totals.outcomes[static_cast<std::size_t>(Rejection::rate_limited)];
}

Sample take_sample(const HttpServer& server, const LateApplication& application) {
  Sample sample{.at = system_clock().now()};
  add_requests(sample, server.totals());
  const Application::Numbers numbers = application.numbers();
  add_entries(sample, numbers.log_ins);
  add_entries(sample, numbers.sign_ups);
  if (numbers.stats.cache) {
    sample.cache_hits = numbers.stats.cache->hits;
    sample.cache_misses = numbers.stats.cache->misses;
  }
  if (numbers.stats.watch && numbers.stats.watch->lag) {
    sample.lag = std::chrono::duration<double>(*numbers.stats.watch->lag).count();
  }
  return sample;
}

}  // namespace

MetricsSource metrics_source(const Config& config, const HttpServer& server,
                             const LateApplication& application) {
  const std::size_t hashing = hashing_workers(config.accounts.workers);
  return {.metrics =
              [&server, &application, hashing] {
                const Application::Numbers numbers = application.numbers();
                return application.metrics() +
                       server_metrics(server, {.route_names = application.route_names(),
                                               .hashing_workers = hashing,
                                               .tries_refused = rate_limited(numbers.log_ins) +
                                                                rate_limited(numbers.sign_ups),
                                               .log_lines_lost = log_lines_lost()});
              },
          .sample = [&server, &application] { return take_sample(server, application); },
          .facts =
              [&server, &application, started = system_clock().now()] {
                return StatusFacts{.version = LATCHKEY_VERSION_STRING,
                                   .started = started,
                                   .ready = application.numbers().ready,
                                   .connections = server.open_connections()};
              }};
}

}  // namespace latchkey::server
