// What several nodes on one store promise: a session that ended on one of them is refused on all,
// within the bound that is published, and a session that lives is refused on none.
#include "tests/fleet/fleet.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/postgres/cluster.h"
#include "tests/redis/cluster.h"
#include "tests/support/temp_directory.h"

namespace latchkey::testing {
namespace {

constexpr Millis kMaxAge{5'000};

bool is_full() { return std::getenv("LATCHKEY_FULL") != nullptr; }

// R21, R22: `bound` is what the documents promise for the engine, `full` the revocations of a full
// run.
void expect_revocations_reach_every_node(const std::string& url, Millis bound, std::size_t full) {
  Fleet fleet(url, 3, kMaxAge);
  const Load load(fleet, 200, std::chrono::microseconds{500});
  const Lag lag = measure_lag(fleet, {.revocations = is_full() ? full : 100});
  EXPECT_EQ(lag.never_ended, 0U);
  EXPECT_LE(lag.percentile(1), static_cast<double>(bound.count()));
  EXPECT_GT(load.checks(), 0U);
  EXPECT_EQ(load.wrong(), 0U) << "a session that lives was refused";
  for (std::size_t node = 0; node < fleet.size(); ++node) {
    EXPECT_GT(fleet.stats(node).hits, 0U) << "what is not cached proves nothing";
  }
}

TEST(Fleet, OnSqliteARevocationReachesEveryNode) {
  const TempDirectory directory;
  expect_revocations_reach_every_node("sqlite:" + directory.path() + "/sessions.db", kMaxAge,
                                      1'000);
}

TEST(Fleet, OnPostgresARevocationReachesEveryNode) {
  expect_revocations_reach_every_node(cluster().new_schema_url(), kMaxAge, 10'000);
}

std::string address(const RedisServer& server) {
  return "127.0.0.1:" + std::to_string(server.port());
}

TEST(Fleet, OnRedisARevocationReachesEveryNode) {
  const RedisServer server;
  expect_revocations_reach_every_node("redis://" + address(server), kMaxAge, 10'000);
}

TEST(Fleet, OnARedisClusterARevocationReachesEveryNode) {
  RedisCluster redis;
  ASSERT_TRUE(redis.ready());
  expect_revocations_reach_every_node(
      "redis+cluster://" + address(redis.node(0)) + "," + address(redis.node(1)), kMaxAge, 10'000);
}

}  // namespace
}  // namespace latchkey::testing
