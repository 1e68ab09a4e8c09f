#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "latchkey/near_cache.h"
#include "latchkey/sessions.h"
#include "latchkey/store.h"

// Several nodes on one store, as they would run on several machines: each has a connection, a near
// cache and Sessions of its own.
namespace latchkey::testing {

// A failure of the set-up or of the store ends the program with `what`: nothing can be measured.
void demand(bool fine, const std::string& what);

class Fleet {
 public:
  Fleet(const std::string& url, std::size_t nodes, Millis max_age)
      : Fleet(std::vector<std::string>(nodes, url), max_age) {}
  // Each node has a way of its own to the store.
  Fleet(const std::vector<std::string>& urls, Millis max_age);

  std::size_t size() const noexcept { return nodes_.size(); }
  Sessions& sessions(std::size_t node) { return *nodes_[node].sessions; }
  Store& store(std::size_t node) { return *nodes_[node].cache; }
  NearCacheStats stats(std::size_t node) const { return nodes_[node].cache->stats(); }

  // sign_in makes a session at one node and lets every node take a copy of it.
  NewSession sign_in(std::size_t node, std::uint64_t user);

 private:
  struct Node {
    std::unique_ptr<Store> store;
    std::unique_ptr<NearCache> cache;
    std::unique_ptr<Sessions> sessions;
  };
  std::vector<Node> nodes_;
};

// Load keeps every node of a fleet busy checking sessions that stay, until it is destroyed.
class Load {
 public:
  // Each node checks one of `count` sessions, then rests for `pause`.
  Load(Fleet& fleet, std::size_t count, std::chrono::microseconds pause);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  std::uint64_t checks() const noexcept { return checks_.load(); }
  // Checks of a living session that said anything but "active", errors of the store left out.
  std::uint64_t wrong() const noexcept { return wrong_.load(); }

 private:
  void run(std::size_t node, std::chrono::microseconds pause);

  Fleet& fleet_;
  std::vector<std::string> tokens_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> checks_{0};
  std::atomic<std::uint64_t> wrong_{0};
  std::vector<std::thread> threads_;
};

// Lag is how long ended sessions were still accepted somewhere, in milliseconds behind the
// acknowledgement of their end; 0 when no node accepted one after it.
struct Lag {
  std::vector<double> milliseconds;  // ascending
  std::size_t never_ended = 0;       // still accepted somewhere when the trial was given up
  double percentile(double share) const;
};

struct LagOptions {
  std::size_t revocations = 10'000;
  Millis give_up{10'000};
};

// measure_lag ends one session after the other, each at another node, while every node looks at it.
Lag measure_lag(Fleet& fleet, const LagOptions& options);

}  // namespace latchkey::testing
