// An engine that fails while every node writes and keeps copies: nobody is logged out, nothing
// ended is accepted, and all nodes go on by themselves.
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>

#include "tests/fleet/storm.h"
#include "tests/postgres/cluster.h"
#include "tests/redis/server.h"
#include "tests/support/proxy.h"

namespace latchkey::testing {
namespace {

constexpr Millis kMaxAge{1'000};
constexpr std::size_t kNodes = 3;

int rounds() { return std::getenv("LATCHKEY_FULL") != nullptr ? 20 : 1; }

void expect_no_harm(const std::string& url, int times, const std::function<void()>& outage) {
  Fleet fleet(url, kNodes, kMaxAge);
  Storm storm(fleet, kMaxAge);
  ASSERT_TRUE(storm.gets_on());
  for (int i = 0; i < times; ++i) {
    const std::uint64_t failed = storm.counts().failed;
    outage();
    EXPECT_TRUE(storm.gets_on()) << "without a restart of the nodes";
    EXPECT_GT(storm.counts().failed, failed) << "there was no outage";
    if (::testing::Test::HasFailure()) break;
  }
  std::this_thread::sleep_for(kMaxAge * 3 / 2);  // copies from before are still looked at
  EXPECT_TRUE(storm.settle());
  EXPECT_EQ(storm.counts().wrongly_accepted, 0U);
  EXPECT_EQ(storm.counts().wrongly_refused, 0U);
  EXPECT_GT(storm.counts().touched, 0U);
  std::uint64_t hits = 0;
  for (std::size_t node = 0; node < kNodes; ++node) hits += fleet.stats(node).hits;
  EXPECT_GT(hits, 0U) << "what is not cached proves nothing";
}

TEST(FleetOutage, OfPostgresThatIsKilledAndStartedAgainHarmsNobody) {
  expect_no_harm(cluster().new_schema_url(), rounds(), [] {
    cluster().kill();
    ASSERT_TRUE(cluster().start()) << cluster().log();
  });
}

TEST(FleetOutage, OfPostgresWhoseStandbyTakesOverHarmsNobody) {
  Cluster primary;
  ASSERT_TRUE(primary.start()) << primary.log();
  Cluster standby(Cluster::StandbyOf{primary});
  ASSERT_TRUE(standby.start()) << standby.log();
  ASSERT_TRUE(primary.make_synchronous()) << primary.log();
  Proxy proxy(primary.port());
  expect_no_harm(primary.tcp_url("127.0.0.1", proxy.port()), 1, [&] {
    primary.kill();
    proxy.lead_to(standby.port());
    ASSERT_TRUE(standby.promote()) << standby.log();
  });
}

TEST(FleetOutage, OfRedisThatIsKilledAndStartedAgainHarmsNobody) {
  RedisServer redis({"--appendonly", "yes", "--appendfsync", "always"});
  expect_no_harm("redis://127.0.0.1:" + std::to_string(redis.port()), rounds(), [&] {
    redis.kill();
    ASSERT_TRUE(redis.start()) << redis.log();
  });
}

}  // namespace
}  // namespace latchkey::testing
