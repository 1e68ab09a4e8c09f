// Several nodes on one engine: how long an ended session lives on, and what a second node brings.
#include <algorithm>
#include <cstdio>
#include <thread>

#include "bench/engines.h"
#include "bench/limit_table.h"
#include "tests/fleet/fleet.h"

namespace latchkey::bench {
namespace {

using testing::Fleet;
using testing::Lag;
using testing::Load;

constexpr Millis kMaxAge{5'000};

Entry lag_entry(const std::string& name, const std::string& url) {
  constexpr std::size_t kRevocations = 10'000;
  Fleet fleet(url, 3, kMaxAge);
  const Load load(fleet, 1'000, std::chrono::microseconds{200});
  progress("10,000 sessions end while three nodes look at each of them, under load");
  const Lag lag = testing::measure_lag(fleet, {.revocations = kRevocations});
  check(lag.never_ended == 0, "a session was accepted ten seconds after its end");
  check(load.wrong() == 0, "a living session was refused");
  char line[160];
  std::snprintf(line, sizeof line, "p50 %.3f ms, p99 %.3f ms, max %.3f ms; %llu checks beside it",
                lag.percentile(0.5), lag.percentile(0.99), lag.percentile(1),
                static_cast<unsigned long long>(load.checks()));
  progress(line);
  Entry entry;
  entry.name = name;
  entry.value = lag.percentile(0.99);
  entry.unit = "ms";
  entry.budget = 10;
  return entry;
}

Entry lag_redis(const Options& options) {
  const auto engine = start_redis(options);
  return lag_entry("revocation_lag_redis", engine->url());
}

Entry lag_cluster(const Options& options) {
  const auto engine = start_redis_cluster(options);
  return lag_entry("revocation_lag_cluster", engine->url());
}

Entry lag_postgres(const Options& options) {
  const auto engine = start_postgres(options);
  return lag_entry("revocation_lag_pg", engine->url());
}

constexpr std::size_t kTokens = 20'000;

std::vector<std::string> sign_in_many(Fleet& fleet) {
  progress("making 20,000 sessions that every node holds a copy of");
  std::vector<std::string> tokens(kTokens);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = t; i < kTokens; i += 16) {
        tokens[i] = fleet.sign_in(i % fleet.size(), i).token.reveal();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return tokens;
}

std::uint64_t validate_some(Sessions& sessions, const std::vector<std::string>& tokens,
                            std::uint64_t first) {
  constexpr std::uint64_t kLookUps = 256;
  for (std::uint64_t k = 0; k < kLookUps; ++k) {
    const auto seen = sessions.validate(tokens[mix(first + k) % tokens.size()], {.touch = false});
    check(seen && seen->state == SessionState::active, "a session did not validate");
    keep(seen->session->idle_expires_at);
  }
  return kLookUps;
}

Entry validate_cached_remote(const Options& options) {
  const auto engine = start_redis(options);
  Fleet fleet(engine->url(), 1, std::chrono::hours{24});
  const std::vector<std::string> tokens = sign_in_many(fleet);
  LimitTable table(kTokens);
  for (const std::string& token : tokens) table.put(token, 1);
  const std::uint64_t misses = fleet.stats(0).misses;
  Entry entry = compare(
      "validate_cached_remote", options,
      [&](std::uint64_t i) { return validate_some(fleet.sessions(0), tokens, i); },
      [&](std::uint64_t i) {
        for (std::uint64_t k = 0; k < 256; ++k) {
          check(table.find(tokens[mix(i + k) % kTokens]) > 0, "limit");
        }
        return std::uint64_t{256};
      });
  check(fleet.stats(0).misses == misses, "not every validation was a cache hit");
  return entry;
}

// checks_a_second counts what `nodes` nodes do at once, each with a thread of its own.
double checks_a_second(Fleet& fleet, const std::vector<std::string>& tokens, std::size_t nodes) {
  constexpr std::chrono::milliseconds kTime{1'000};
  std::atomic<std::uint64_t> done{0};
  std::vector<std::thread> threads;
  const auto begun = std::chrono::steady_clock::now();
  for (std::size_t node = 0; node < nodes; ++node) {
    threads.emplace_back([&, node] {
      std::uint64_t mine = 0;
      while (std::chrono::steady_clock::now() - begun < kTime) {
        mine += validate_some(fleet.sessions(node), tokens, mine + node);
      }
      done.fetch_add(mine);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  return static_cast<double>(done.load()) / took.count();
}

Entry throughput(const Options& options) {
  const auto engine = start_redis(options);
  Fleet fleet(engine->url(), 2, std::chrono::hours{24});
  const std::vector<std::string> tokens = sign_in_many(fleet);
  std::vector<double> gains;
  for (int i = 0; i < options.pairs; ++i) {
    const double one = checks_a_second(fleet, tokens, 1);
    const double two = checks_a_second(fleet, tokens, 2);
    gains.push_back(two / one);
    char line[128];
    std::snprintf(line, sizeof line, "one node %.0f checks a second, two %.0f", one, two);
    progress(line);
  }
  std::sort(gains.begin(), gains.end());
  Entry entry;
  entry.name = "throughput_1_2_nodes";
  entry.value = gains[gains.size() / 2];
  entry.unit = "times";
  return entry;
}

}  // namespace

std::vector<Named> fleet_benchmarks() {
  return {
      {"validate_cached_remote", "Sessions::validate on Redis, near cache hit",
       validate_cached_remote},
      {"throughput_1_2_nodes", "cached checks of two nodes over those of one, on Redis",
       throughput},
      {"revocation_lag_redis", "p99 until no node of three accepts an ended session", lag_redis},
      {"revocation_lag_cluster", "the same on three Redis primaries", lag_cluster},
      {"revocation_lag_pg", "the same on PostgreSQL", lag_postgres}};
}

}  // namespace latchkey::bench
