#include "server/metrics/server_metrics.h"

#include <algorithm>
#include <array>
#include <thread>
#include <utility>
#include <vector>

#include "base/latency.h"
#include "base/metrics.h"
#include "latchkey/version.h"

namespace latchkey::server {
namespace {

double as_number(std::uint64_t count) { return static_cast<double>(count); }

std::uint64_t answers(const RouteTotals& route, int status) {
  const auto* const at = std::find(kCountedStatuses.begin(), kCountedStatuses.end(), status);
  return at == kCountedStatuses.end()
             ? 0
             : route.statuses[static_cast<std::size_t>(at - kCountedStatuses.begin())];
}

std::uint64_t answers(const RequestTotals& totals, int status) {
  std::uint64_t all = 0;
  for (const RouteTotals& route : totals) all += answers(route, status);
  return all;
}

constexpr std::string_view kPath = "/v1/verify";

std::string proxy_of(std::string_view route) {
  const std::string_view rest = route.substr(kPath.size());
  return std::string{rest.empty() ? "none" : rest.substr(1)};
}

void append_verify(std::string& out, const RequestTotals& totals,
                   std::span<const std::string_view> names) {
  constexpr std::string_view kName = "latchkey_verify_total";
  using Result = std::pair<std::string_view, std::vector<int>>;
  const Result results[] = {
      {"allowed", {200}}, {"redirected", {302, 303}}, {"refused", {401, 403}}, {"failed", {503}}};
  append_family(out, kName, "counter", "Answers to proxies, and to applications that ask.");
  for (std::size_t i = 0; i < std::min(totals.size(), names.size()); ++i) {
    if (!names[i].starts_with(kPath)) continue;
    const std::string proxy = proxy_of(names[i]);
    for (const auto& [result, statuses] : results) {
      std::uint64_t count = 0;
      for (const int status : statuses) count += answers(totals[i], status);
      append_sample(out, kName, "proxy=\"" + proxy + "\",result=\"" + std::string{result} + "\"",
                    as_number(count));
    }
  }
  constexpr std::string_view kDuration = "latchkey_verify_duration_seconds";
  append_family(out, kDuration, "histogram", "How long they took.");
  for (std::size_t i = 0; i < std::min(totals.size(), names.size()); ++i) {
    if (!names[i].starts_with(kPath) || totals[i].latency.count() == 0) continue;
    append_latency(out, kDuration, "proxy=\"" + proxy_of(names[i]) + "\"", totals[i].latency);
  }
}

void append_pools(std::string& out, const HttpServer::Loads& loads, std::size_t hashing) {
  const std::pair<std::string_view, const WorkerPool::Load&> pools[] = {
      {"pool=\"blocking\"", loads.blocking}, {"pool=\"hashing\"", loads.hashing}};
  append_family(out, "latchkey_pool_busy", "gauge", "Threads that work on a request.");
  for (const auto& [label, load] : pools) {
    append_sample(out, "latchkey_pool_busy", label, as_number(load.busy));
  }
  append_family(out, "latchkey_pool_queued", "gauge", "Requests that wait for a thread.");
  for (const auto& [label, load] : pools) {
    append_sample(out, "latchkey_pool_queued", label, as_number(load.queued));
  }
  const std::size_t working = std::min(loads.hashing.busy, hashing);
  append_metric(out, "latchkey_password_hash_queue", "gauge",
                "Log-ins and sign-ups that wait for a password to be hashed.",
                as_number(loads.hashing.busy - working + loads.hashing.queued));
}

void append_limits(std::string& out, const HttpServer& server, const RequestTotals& totals,
                   const HttpServer::Loads& loads, std::uint64_t tries) {
  constexpr std::string_view kName = "latchkey_limits_hit_total";
  const HttpServer::Refused refused = server.refused();
  const std::pair<std::string_view, std::uint64_t> limits[] = {
      {"connections", refused.full},
      {"connections_per_address", refused.address},
      {"request_line", answers(totals, 414)},
      {"header", answers(totals, 431)},
      {"body", answers(totals, 413)},
      {"time", answers(totals, 408)},
      {"queue", loads.blocking.refused + loads.hashing.refused},
      {"tries", tries}};
  append_family(out, kName, "counter", "What was refused because it was too much.");
  for (const auto& [limit, count] : limits) {
    append_sample(out, kName, "limit=\"" + std::string{limit} + "\"", as_number(count));
  }
}

}  // namespace

std::string server_metrics(const HttpServer& server, const ProcessFacts& facts) {
  const RequestTotals totals = server.totals();
  const HttpServer::Loads loads = server.loads();
  std::string out;
  append_family(out, "latchkey_build_info", "gauge", "Always 1; tells which version runs.");
  append_sample(out, "latchkey_build_info", "version=\"" LATCHKEY_VERSION_STRING "\"", 1);
  append_metric(out, "latchkey_connections_open", "gauge", "Connections open now.",
                as_number(server.open_connections()));
  append_metric(out, "latchkey_log_lines_lost_total", "counter",
                "Log lines that standard error did not take.", as_number(facts.log_lines_lost));
  append_limits(out, server, totals, loads, facts.tries_refused);
  append_pools(out, loads, facts.hashing_workers);
  append_verify(out, totals, facts.route_names);
  return out + request_metrics(totals, facts.route_names);
}

std::size_t hashing_workers(std::size_t configured) noexcept {
  return configured != 0 ? configured : std::max(2U, std::thread::hardware_concurrency()) - 1;
}

}  // namespace latchkey::server
