// R86: nodes share every counter, on each engine, and counters outlive the nodes. Each node has a
// store handle, Sessions, Accounts and Recovery of its own, as on a machine of its own.
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "latchkey/accounts.h"
#include "latchkey/open_store.h"
#include "latchkey/recovery.h"
#include "tests/postgres/cluster.h"
#include "tests/redis/cluster.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_directory.h"

namespace latchkey::testing {
namespace {

using std::chrono::hours;

constexpr std::string_view kRightWord = "correct horse battery staple";
constexpr std::string_view kWrongWord = "another long enough password";

// Four tries an hour of each kind: two at one node and two at the other use them up.
const CounterRule kFour = CounterRule::at_most(4, hours{1});
const CounterRule kMany = CounterRule::at_most(1000, hours{1});

// CountingNode is one of several on a store; of its limits one alone is narrow.
struct CountingNode {
  CountingNode(const std::string& url, const Clock& clock, const GuessLimits& limits,
               const CounterRule& mail_for, const CounterRule& mail_by)
      : store(open(url)) {
    SessionsOptions options;
    options.clock = &clock;
    sessions = std::move(*Sessions::open(*store, options));
    accounts =
        std::move(*Accounts::open(*store, *sessions,
                                  {.cost = {.memory_kib = 8, .iterations = 1, .parallelism = 1},
                                   .limits = limits,
                                   .insecure_cost_for_tests = true}));
    recovery = std::move(
        *Recovery::open(*store, {.send = [](const Mail&) {},
                                 .reset_url = "https://app.example.com/reset",
                                 .account = mail_for,
                                 .address = mail_by,
                                 .cost = {.memory_kib = 8, .iterations = 1, .parallelism = 1},
                                 .insecure_cost_for_tests = true,
                                 .clock = &clock}));
  }
  // A call that a busy machine answers late has counted all the same, so none is made twice: each
  // may take long.
  static std::unique_ptr<Store> open(const std::string& url) {
    constexpr Millis kPatience = std::chrono::seconds{20};
    const OpenStoreOptions patient{.read_timeout = kPatience, .write_timeout = kPatience};
    auto store = open_store(url, patient);
    for (int tries = 0; !store && error_retryable(store.error().code) && tries < 20; ++tries) {
      store = open_store(url, patient);
    }
    EXPECT_TRUE(store) << store.error().detail;
    return std::move(*store);
  }
  Rejection log_in(const std::string& name, std::string_view word, const std::string& address,
                   const Returning& client = {}) const {
    const auto outcome = accounts->log_in({name, word}, {.context = {.address = address}}, client);
    EXPECT_TRUE(outcome) << outcome.error().detail;
    return outcome ? outcome->rejection : Rejection::none;
  }

  std::unique_ptr<Store> store;
  std::unique_ptr<Sessions> sessions;
  std::unique_ptr<Accounts> accounts;
  std::unique_ptr<Recovery> recovery;
};

// One kind of counter: `attempt` makes one try at a node, which counts; its number makes it differ
// in all but what is counted. True: it was let through.
struct CountedKind {
  const char* name;
  std::function<void(GuessLimits&)> narrow{};
  bool mail_for = false;
  bool mail_by = false;
  std::function<bool(const CountingNode&, int)> attempt{};
};

class SharedCounters : public ::testing::Test {
 protected:
  std::unique_ptr<CountingNode> node(const CountedKind& kind) {
    GuessLimits limits;
    limits.account = limits.address = limits.network = limits.sign_ups = kMany;
    if (kind.narrow) kind.narrow(limits);
    return std::make_unique<CountingNode>(url_, clock_, limits, kind.mail_for ? kFour : kMany,
                                          kind.mail_by ? kFour : kMany);
  }
  // Each from another network.
  static std::string somewhere(int n) { return "10.1." + std::to_string(n) + ".1"; }

  void make_owner() {
    const auto maker = node({.name = "maker"});
    auto made = maker->accounts->sign_up({"ann", kRightWord}, {});
    ASSERT_TRUE(made && made->session) << (made ? "" : made.error().detail);
    owner_ = made->user->id;
    session_ = made->session->record;
    device_ = maker->accounts->known_device(owner_, {});
  }
  std::vector<CountedKind> kinds() const {
    const auto account = [](GuessLimits& limits) { limits.account = kFour; };
    const auto refused = [](Rejection rejection) { return rejection == Rejection::rate_limited; };
    return {
        {.name = "account",
         .narrow = account,
         .attempt = [=](const auto& at,
                        int n) { return !refused(at.log_in("ann", kWrongWord, somewhere(n))); }},
        {.name = "a name that does not exist",
         .narrow = account,
         .attempt = [=](const auto& at,
                        int n) { return !refused(at.log_in("nobody", kWrongWord, somewhere(n))); }},
        {.name = "address",
         .narrow = [](GuessLimits& limits) { limits.address = kFour; },
         .attempt =
             [=](const auto& at, int n) {
               return !refused(at.log_in("x" + std::to_string(n), kWrongWord, "192.0.2.7"));
             }},
        {.name = "network",
         .narrow = [](GuessLimits& limits) { limits.network = kFour; },
         .attempt =
             [=](const auto& at, int n) {
               return !refused(at.log_in("y" + std::to_string(n), kWrongWord,
                                         "198.51.100." + std::to_string(n + 1)));
             }},
        {.name = "device",
         .narrow = account,
         .attempt =
             [=, this](const auto& at, int n) {
               return !refused(at.log_in("ann", kWrongWord, somewhere(n), {.device = device_}));
             }},
        {.name = "session",
         .narrow = account,
         .attempt =
             [=, this](const auto& at, int n) {
               return !refused(at.log_in("ann", kWrongWord, somewhere(n),
                                         {.sessions = std::span(&session_, 1)}));
             }},
        {.name = "change of password",
         .narrow = account,
         .attempt =
             [=, this](const auto& at, int) {
               const auto change =
                   at.accounts->change_password(owner_, kWrongWord, kRightWord, &session_);
               EXPECT_TRUE(change);
               return change && !refused(change->rejection);
             }},
        {.name = "sign-ups",
         .narrow = [](GuessLimits& limits) { limits.sign_ups = kFour; },
         .attempt =
             [=](const auto& at, int n) {
               const auto made = at.accounts->sign_up({"new" + std::to_string(n), kRightWord},
                                                      {.context = {.address = "203.0.113.9"}});
               EXPECT_TRUE(made);
               return made && !refused(made->rejection);
             }},
        {.name = "mail for a name",
         .mail_for = true,
         .attempt = [=](const auto& at, int n) { return ask_mail(at, "somebody", somewhere(n)); }},
        {.name = "mail by an address",
         .mail_by = true,
         .attempt = [=](const auto& at,
                        int n) { return ask_mail(at, "z" + std::to_string(n), "192.0.2.99"); }},
    };
  }
  static bool ask_mail(const CountingNode& at, const std::string& name,
                       const std::string& address) {
    const auto asked = at.recovery->forgot_password(name, {.address = address});
    EXPECT_TRUE(asked);
    return asked && asked->rejection == Rejection::none;
  }

  void expect_shared(const std::string& url) {
    url_ = url;
    make_owner();
    for (const CountedKind& kind : kinds()) {
      SCOPED_TRACE(kind.name);
      {
        const auto here = node(kind), there = node(kind);
        for (int n = 0; n < 4; ++n) EXPECT_TRUE(kind.attempt(n % 2 == 0 ? *here : *there, n)) << n;
        EXPECT_FALSE(kind.attempt(*here, 4)) << "the other one's are counted";
        EXPECT_FALSE(kind.attempt(*there, 5));
      }
      const auto after = node(kind);
      EXPECT_FALSE(kind.attempt(*after, 6)) << "both nodes are gone, and the counts are not";
      clock_.advance(hours{2});
      EXPECT_TRUE(kind.attempt(*after, 7)) << "until the window is over";
    }
  }

  ManualClock clock_;
  std::string url_;
  UserId owner_{};
  SessionRecord session_{};
  std::string device_;
};

TEST_F(SharedCounters, R86OnSqlite) {
  const TempDirectory directory;
  expect_shared("sqlite:" + directory.path() + "/sessions.db");
}

bool starts_servers() { return std::getenv("LATCHKEY_FULL") != nullptr; }
constexpr const char* kServersInFull = "starts servers; with LATCHKEY_FULL=1";

TEST_F(SharedCounters, R86OnPostgres) {
  if (!starts_servers()) GTEST_SKIP() << kServersInFull;
  expect_shared(cluster().new_schema_url());
}

TEST_F(SharedCounters, R86OnRedis) {
  if (!starts_servers()) GTEST_SKIP() << kServersInFull;
  const RedisServer server;
  expect_shared("redis://127.0.0.1:" + std::to_string(server.port()));
}

TEST_F(SharedCounters, R86OnARedisCluster) {
  if (!starts_servers()) GTEST_SKIP() << kServersInFull;
  RedisCluster redis;
  ASSERT_TRUE(redis.ready());
  expect_shared("redis+cluster://127.0.0.1:" + std::to_string(redis.node(0).port()));
}

}  // namespace
}  // namespace latchkey::testing
