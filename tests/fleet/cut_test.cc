// What a node accepts once it hears nothing any more: never longer than its copies may be old, and
// nothing at all behind the time that ?wait=1 waits. No test here depends on how fast a machine is:
// a copy is not older than the call that may have made it, nor a judgement earlier than its call.
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <functional>
#include <thread>

#include "tests/fleet/fleet.h"
#include "tests/fleet/postgres_pair.h"
#include "tests/postgres/cluster.h"
#include "tests/redis/cluster.h"
#include "tests/support/proxy.h"

namespace latchkey::testing {
namespace {

using Steady = std::chrono::steady_clock;

constexpr Millis kMaxAge{1'000};

int rounds() { return std::getenv("LATCHKEY_FULL") != nullptr ? 20 : 1; }

// Two nodes: the first ends sessions, the second is cut off.
class Cut {
 public:
  Cut(const std::string& url, const std::string& way_that_is_cut)
      : fleet_({url, way_that_is_cut}, kMaxAge) {}

  struct Steps {
    std::function<void()> before = [] {};  // the session ends
    std::function<void()> behind = [] {};  // its end was acknowledged
    std::function<void()> heal = [] {};
  };
  void expect_bound(const Steps& steps) {
    const NewSession session = fleet_.sign_in(0, ++users_);
    const std::string token = session.token.reveal();
    ASSERT_TRUE(accepted(1, token)) << "the second node has a copy";
    steps.before();
    const auto ended = fleet_.sessions(0).revoke(session.record.id);
    steps.behind();
    // From here on no copy can be made.
    const Steady::time_point bound = Steady::now() + kMaxAge;
    ASSERT_TRUE(ended && *ended);
    while (Steady::now() < bound + kMaxAge / 4) {
      for (const std::size_t node : {std::size_t{0}, std::size_t{1}}) {
        const Steady::time_point begun = Steady::now();
        if (accepted(node, token)) {
          ASSERT_LE(begun, bound) << "node " << node;
        }
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    steps.heal();
    expect_refused(token);
  }

 private:
  bool accepted(std::size_t node, const std::string& token) {
    const auto validation = fleet_.sessions(node).validate(token, {.touch = false});
    return validation && validation->state == SessionState::active;
  }
  // Once everything is well again, the answer is a refusal and no failure, without a restart.
  void expect_refused(const std::string& token) {
    const auto late = Steady::now() + std::chrono::seconds{30};
    while (Steady::now() < late) {
      const auto validation = fleet_.sessions(1).validate(token, {.touch = false});
      if (validation) {
        EXPECT_NE(validation->state, SessionState::active);
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    FAIL() << "the second node did not come back";
  }

  Fleet fleet_;
  std::uint64_t users_ = 0;
};

// The channel is cut by a network that swallows everything, and by one that resets connections.
void expect_bound_behind(const std::vector<Proxy*>& proxies, Cut& cut) {
  const auto set = [&](Proxy::Mode mode) {
    for (Proxy* proxy : proxies) proxy->set(mode);
  };
  for (int i = 0; i < rounds(); ++i) {
    for (const Proxy::Mode mode : {Proxy::Mode::black_hole, Proxy::Mode::reset}) {
      cut.expect_bound({.before = [&] { set(mode); }, .heal = [&] { set(Proxy::Mode::pass); }});
      if (::testing::Test::HasFailure()) return;
    }
  }
}

std::string redis_url(std::uint16_t port) { return "redis://127.0.0.1:" + std::to_string(port); }

TEST(FleetCut, OnPostgresNothingIsAcceptedBeyondTheAgeOfCopies) {
  Proxy proxy(cluster().port());
  const std::string url = cluster().new_schema_url();
  const std::string schema = "schema=" + schema_in(url);
  Cut cut(url, cluster().tcp_url("127.0.0.1", proxy.port(), schema));
  expect_bound_behind({&proxy}, cut);
}

// Where only the backends of one node stand still, the other node's end is acknowledged.
TEST(FleetCut, OnPostgresThatStandsStillNothingIsAcceptedBeyondTheAgeOfCopies) {
  const std::string url = cluster().new_schema_url();
  const std::string name = schema_in(url);
  Cut cut(url, url + "&application_name=" + name);
  const std::string of_node = "application_name='" + name + "'";
  const std::string listening = of_node + " AND query LIKE '%outbox o ON%'";
  for (int i = 0; i < rounds(); ++i) {
    for (const std::string& some : {listening, of_node}) {
      cut.expect_bound(
          {.before = [&] { EXPECT_TRUE(cluster().pause_backends(some)) << "nobody listens"; },
           .heal = [] { cluster().resume(); }});
    }
    cut.expect_bound({.behind = [] { cluster().pause(); }, .heal = [] { cluster().resume(); }});
    cluster().resume();
    if (HasFailure()) return;
  }
}

// The standby has the end of the session on disk and does not know of it yet.
TEST(FleetCut, OnAStandbyThatLagsNothingIsAcceptedBeyondTheAgeOfCopies) {
  PostgresPair pair;
  ASSERT_FALSE(HasFailure());
  Cut cut(pair.url(), pair.url());
  cut.expect_bound({.before = [&] { pair.standby.run("SELECT pg_wal_replay_pause()"); },
                    .behind =
                        [&] {
                          pair.proxy.lead_to(pair.standby.port());
                          pair.primary.kill();
                        },
                    .heal = [&] { EXPECT_TRUE(pair.standby.promote()) << pair.standby.log(); }});
}

TEST(FleetCut, OnRedisNothingIsAcceptedBeyondTheAgeOfCopies) {
  const RedisServer server;
  Proxy proxy(server.port());
  Cut cut(redis_url(server.port()), redis_url(proxy.port()));
  expect_bound_behind({&proxy}, cut);
}

TEST(FleetCut, OnRedisThatStopsRightBehindTheEndNothingIsAcceptedBeyondTheAgeOfCopies) {
  const RedisServer server;
  Cut cut(redis_url(server.port()), redis_url(server.port()));
  for (int i = 0; i < rounds(); ++i) {
    cut.expect_bound(
        {.behind = [&] { server.signal(SIGSTOP); }, .heal = [&] { server.signal(SIGCONT); }});
    if (HasFailure()) return;
  }
}

// A client without TLS is told of the proxies, and one with it of the nodes themselves.
TEST(FleetCut, OnARedisClusterBehindABadNetworkNothingIsAcceptedBeyondTheAgeOfCopies) {
  const Certificate certificate("IP:127.0.0.1");
  RedisCluster redis({.tls = &certificate});
  ASSERT_TRUE(redis.ready());
  Proxy one(redis.node(0).port()), two(redis.node(1).port()), three(redis.node(2).port());
  ASSERT_TRUE(redis.announce({one.port(), two.port(), three.port()}));
  Cut cut("rediss+cluster://127.0.0.1:" + std::to_string(redis.tls_port(0)) +
              "?ca_file=" + certificate.file(),
          "redis+cluster://127.0.0.1:" + std::to_string(one.port()));
  expect_bound_behind({&one, &two, &three}, cut);
}

TEST(FleetCut, OnARedisClusterWithoutConnectionsNothingIsAcceptedBeyondTheAgeOfCopies) {
  RedisCluster redis;
  ASSERT_TRUE(redis.ready());
  const std::string url = "redis+cluster://127.0.0.1:" + std::to_string(redis.node(0).port());
  Cut cut(url, url);
  const auto all = [&](const std::function<void(RedisServer&)>& body) {
    for (std::size_t i = 0; i < RedisCluster::kPrimaries; ++i) body(redis.node(i));
  };
  for (int i = 0; i < rounds(); ++i) {
    cut.expect_bound({.behind = [&] {
      all([](RedisServer& node) { node.ask({"CLIENT", "KILL", "TYPE", "normal"}); });
    }});
    cut.expect_bound({.behind = [&] { all([](RedisServer& node) { node.signal(SIGSTOP); }); },
                      .heal = [&] { all([](RedisServer& node) { node.signal(SIGCONT); }); }});
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace latchkey::testing
