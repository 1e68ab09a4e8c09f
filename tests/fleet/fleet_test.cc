// What several nodes on one store promise: a session that ended on one of them is refused on all,
// soon and not only when copies of it are old, and a session that lives is refused on none.
#include "tests/fleet/fleet.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/postgres/cluster.h"
#include "tests/redis/cluster.h"
#include "tests/support/temp_directory.h"

namespace latchkey::testing {
namespace {

// So long that nothing ends because it is old: what is refused was heard of.
constexpr Millis kFleetMaxAge = std::chrono::hours{1};

bool is_full() { return std::getenv("LATCHKEY_FULL") != nullptr; }

struct Proof {
  std::size_t full;  // revocations of a full run
  double p99;        // milliseconds, asserted in a full run only; with room for a loaded machine
};

// R21, R22.
void expect_revocations_reach_every_node(const std::string& url, const Proof& proof) {
  Fleet fleet(url, 3, kFleetMaxAge);
  const Load load(fleet, 200, std::chrono::microseconds{500});
  const Lag lag = measure_lag(fleet, {.revocations = is_full() ? proof.full : 100});
  EXPECT_EQ(lag.never_ended, 0U);
  if (is_full()) {
    EXPECT_LE(lag.percentile(0.99), proof.p99);
  }
  EXPECT_GT(load.checks(), 0U);
  EXPECT_EQ(load.wrong(), 0U) << "a session that lives was refused";
  for (std::size_t node = 0; node < fleet.size(); ++node) {
    EXPECT_GT(fleet.stats(node).hits, 0U) << "what is not cached proves nothing";
  }
}

TEST(Fleet, OnSqliteARevocationReachesEveryNode) {
  const TempDirectory directory;
  expect_revocations_reach_every_node("sqlite:" + directory.path() + "/sessions.db",
                                      {.full = 1'000, .p99 = 500});
}

TEST(Fleet, OnPostgresARevocationReachesEveryNode) {
  expect_revocations_reach_every_node(cluster().new_schema_url(), {.full = 10'000, .p99 = 50});
}

std::string address(const RedisServer& server) {
  return "127.0.0.1:" + std::to_string(server.port());
}

TEST(Fleet, OnRedisARevocationReachesEveryNode) {
  const RedisServer server;
  expect_revocations_reach_every_node("redis://" + address(server), {.full = 10'000, .p99 = 50});
}

TEST(Fleet, OnARedisClusterARevocationReachesEveryNode) {
  RedisCluster redis;
  ASSERT_TRUE(redis.ready());
  expect_revocations_reach_every_node(
      "redis+cluster://" + address(redis.node(0)) + "," + address(redis.node(1)),
      {.full = 10'000, .p99 = 50});
}

}  // namespace
}  // namespace latchkey::testing
