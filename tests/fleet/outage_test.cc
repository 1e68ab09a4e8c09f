// An engine that fails while every node writes and keeps copies: nobody is logged out, nothing
// ended is accepted, and all nodes go on by themselves.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <functional>

#include "tests/fleet/postgres_pair.h"
#include "tests/fleet/storm.h"
#include "tests/postgres/cluster.h"
#include "tests/redis/cluster.h"
#include "tests/support/proxy.h"

namespace latchkey::testing {
namespace {

constexpr Millis kOutageMaxAge{1'000};
constexpr std::size_t kNodes = 3;

int outage_rounds() { return std::getenv("LATCHKEY_FULL") != nullptr ? 20 : 1; }

void expect_no_harm(const std::string& url, int times,
                    const std::function<void(const Storm&)>& outage) {
  Fleet fleet(url, kNodes, kOutageMaxAge);
  Storm storm(fleet, kOutageMaxAge);
  ASSERT_TRUE(storm.gets_on());
  for (int i = 0; i < times; ++i) {
    const std::uint64_t failed = storm.counts().failed;
    outage(storm);
    EXPECT_TRUE(storm.gets_on()) << "without a restart of the nodes";
    EXPECT_GT(storm.counts().failed, failed) << "there was no outage";
    if (::testing::Test::HasFailure()) break;
  }
  std::this_thread::sleep_for(kOutageMaxAge * 3 / 2);  // copies from before are still looked at
  EXPECT_TRUE(storm.settle());
  EXPECT_EQ(storm.counts().wrongly_accepted, 0U);
  EXPECT_EQ(storm.counts().wrongly_refused, 0U);
  EXPECT_GT(storm.counts().touched, 0U);
  std::uint64_t hits = 0;
  for (std::size_t node = 0; node < kNodes; ++node) hits += fleet.stats(node).hits;
  EXPECT_GT(hits, 0U) << "what is not cached proves nothing";
}

TEST(FleetOutage, OfPostgresThatIsKilledAndStartedAgainHarmsNobody) {
  expect_no_harm(cluster().new_schema_url(), outage_rounds(), [](const Storm&) {
    cluster().kill();
    ASSERT_TRUE(cluster().start()) << cluster().log();
  });
}

TEST(FleetOutage, OfPostgresWhoseStandbyTakesOverHarmsNobody) {
  PostgresPair pair;
  ASSERT_FALSE(HasFailure());
  expect_no_harm(pair.url(), 1, [&](const Storm&) {
    pair.primary.kill();
    pair.proxy.lead_to(pair.standby.port());
    ASSERT_TRUE(pair.standby.promote()) << pair.standby.log();
  });
}

// The network fails in each way that it can, one after the other, until a call has failed of it.
void expect_no_harm_of(const std::vector<Proxy*>& proxies, const std::string& url) {
  using Mode = Proxy::Mode;
  constexpr std::array kModes{Mode::delay, Mode::black_hole, Mode::reset, Mode::cut_answers};
  std::size_t next = 0;
  expect_no_harm(url, static_cast<int>(kModes.size()), [&](const Storm& storm) {
    const std::uint64_t failed = storm.counts().failed;
    for (Proxy* proxy : proxies) proxy->set(kModes[next], 300);
    ++next;
    const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (storm.counts().failed < failed + kNodes && std::chrono::steady_clock::now() < late) {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    for (Proxy* proxy : proxies) proxy->set(Mode::pass);
  });
}

TEST(FleetOutage, OfTheNetworkBeforePostgresHarmsNobody) {
  Proxy proxy(cluster().port());
  const std::string schema = "schema=" + schema_in(cluster().new_schema_url());
  expect_no_harm_of({&proxy}, cluster().tcp_url("127.0.0.1", proxy.port(), schema));
}

TEST(FleetOutage, OfTheNetworkBeforeRedisHarmsNobody) {
  const RedisServer redis;
  Proxy proxy(redis.port());
  expect_no_harm_of({&proxy}, "redis://127.0.0.1:" + std::to_string(proxy.port()));
}

TEST(FleetOutage, OfTheNetworkBeforeARedisClusterHarmsNobody) {
  RedisCluster redis;
  ASSERT_TRUE(redis.ready());
  Proxy one(redis.node(0).port()), two(redis.node(1).port()), three(redis.node(2).port());
  ASSERT_TRUE(redis.announce({one.port(), two.port(), three.port()}));
  const std::string url = "redis+cluster://127.0.0.1:" + std::to_string(one.port());
  expect_no_harm_of({&one, &two, &three}, url);
}

TEST(FleetOutage, OfRedisThatIsKilledAndStartedAgainHarmsNobody) {
  RedisServer redis({"--appendonly", "yes", "--appendfsync", "always"});
  expect_no_harm("redis://127.0.0.1:" + std::to_string(redis.port()), outage_rounds(),
                 [&](const Storm&) {
                   redis.kill();
                   ASSERT_TRUE(redis.start()) << redis.log();
                 });
}

}  // namespace
}  // namespace latchkey::testing
