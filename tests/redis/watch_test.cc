// What a near cache hears of changes that others make, and that it never answers with what it
// should have heard is gone.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "base/mutex.h"
#include "latchkey/near_cache.h"
#include "latchkey/testing/store_fixture.h"
#include "tests/redis/cluster.h"
#include "tests/redis/proxy.h"
#include "tests/redis/server.h"

namespace latchkey::testing {
namespace {

using std::chrono::steady_clock;

// Heard collects what a sink is told.
class Heard {
 public:
  SessionStore::Sink sink() {
    return [this](const Invalidation& change) {
      const MutexLock lock(mutex_);
      ids_.insert(change.ids.begin(), change.ids.end());
      everything_ += change.everything ? 1 : 0;
      condition_.notify_all();
    };
  }
  bool id(const SessionId& id) {
    return wait([&] { return ids_.contains(id); });
  }
  bool everything() {
    return wait([&] { return everything_ > 0; });
  }
  std::size_t ids() {
    const MutexLock lock(mutex_);
    return ids_.size();
  }

 private:
  template <class Condition>
  bool wait(Condition holds) LATCHKEY_NO_THREAD_SAFETY_ANALYSIS {
    const auto deadline = steady_clock::now() + std::chrono::seconds{10};
    const MutexLock lock(mutex_);
    while (!holds()) {
      if (steady_clock::now() > deadline) return false;
      condition_.wait_for(mutex_, Millis{100});
    }
    return true;
  }

  Mutex mutex_;
  Condition condition_;
  std::set<SessionId> ids_;
  int everything_ = 0;
};

struct Place {
  const char* name;
  bool cluster;
};

class RedisWatch : public ::testing::TestWithParam<Place> {
 protected:
  void SetUp() override {
    if (GetParam().cluster) {
      ASSERT_TRUE(shared_cluster().ready());
    }
    options_ = GetParam().cluster ? shared_cluster().options() : shared_redis().options();
    options_.prefix = next_prefix();
    options_.read_timeout = std::chrono::seconds{20};
    mine_ = open();
    other_ = open();
    slot_key_ = must(mine_->meta().meta()).slot_key;
  }
  std::unique_ptr<Store> open() {
    auto opened = open_redis(options_);
    EXPECT_TRUE(opened) << opened.error().detail;
    return opened ? std::move(*opened) : nullptr;
  }
  SessionRecord add(Store& store, int number, const UserId& user) {
    SessionRecord made;
    const std::string digits = std::to_string(number);
    made.id = SessionId::parse(slot_tag_of(user, slot_key_) + std::string(20 - digits.size(), 'x') +
                               digits)
                  .value();
    made.user_id = user;
    made.created_at = made.authenticated_at = made.last_seen_at = kStart;
    made.idle = kIdle;
    made.idle_expires_at = kStart + kIdle;
    made.absolute_expires_at = kStart + kAbsolute;
    EXPECT_EQ(must(store.sessions().insert(made, {.now = kStart})).status, InsertStatus::inserted);
    return made;
  }
  static bool exists(Store& store, const SessionId& id, bool with_user = true) {
    return must(store.sessions().find({&id, 1}, {.with_user = with_user}))[0].record.has_value();
  }
  static void remove(Store& store, const SessionId& id) {
    EXPECT_EQ(must(store.sessions().remove({&id, 1}, EndReason::revoked, kStart)), 1U);
  }

  RedisOptions options_;
  std::unique_ptr<Store> mine_, other_;
  std::array<std::uint8_t, 32> slot_key_{};
};

TEST_P(RedisWatch, HearsWhatOthersDoToSessionsThatWereRead) {
  Heard heard;
  ASSERT_TRUE(mine_->sessions().watch(heard.sink())) << "this engine tells";
  std::vector<SessionRecord> records;
  for (int i = 0; i < 12; ++i) records.push_back(add(*mine_, i, UserId{i}));
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_TRUE(exists(*mine_, records[i].id, i % 2 == 0));
  }
  for (const SessionRecord& record : records) remove(*other_, record.id);
  for (const SessionRecord& record : records) EXPECT_TRUE(heard.id(record.id));
  mine_->sessions().watch(nullptr);
}

TEST_P(RedisWatch, HearsEveryWayToEndOrChangeASession) {
  Heard heard;
  mine_->sessions().watch(heard.sink());
  const UserId user{7};
  const SessionRecord touched = add(*mine_, 1, user), replaced = add(*mine_, 2, user),
                      ended = add(*mine_, 3, user);
  for (const auto* record : {&touched, &replaced, &ended}) EXPECT_TRUE(exists(*mine_, record->id));
  const Touch touch{touched.id, kStart + Millis{1}, kStart + kIdle + Millis{1}};
  EXPECT_EQ(must(other_->sessions().touch({&touch, 1})), 1U);
  EXPECT_TRUE(heard.id(touched.id));
  EXPECT_EQ(must(other_->sessions().replace(replaced, 1, kStart)), ReplaceStatus::replaced);
  EXPECT_TRUE(heard.id(replaced.id));
  EXPECT_EQ(must(other_->sessions().remove_user(user, {.now = kStart})).ids.size(), 3U);
  EXPECT_TRUE(heard.id(ended.id));
  mine_->sessions().watch(nullptr);
}

TEST_P(RedisWatch, HearsThatAUserWasDisabledOrAdded) {
  Heard heard;
  mine_->sessions().watch(heard.sink());
  StoredUser ada;
  ada.user = {.id = UserId{1}, .username = "ada", .created_at = kStart};
  ada.username_key = "ada";
  ada.password_hash = "hash";
  ASSERT_TRUE(must(other_->users().add_user(ada)));
  const SessionRecord record = add(*mine_, 1, ada.user.id);
  const SessionRecord of_nobody = add(*mine_, 2, UserId{2});
  EXPECT_TRUE(exists(*mine_, record.id) && exists(*mine_, of_nobody.id));
  EXPECT_TRUE(must(other_->users().set_disabled(ada.user.id, true)));
  EXPECT_TRUE(heard.id(record.id));
  StoredUser eve = ada;
  eve.user.id = UserId{2};
  eve.username_key = "eve";
  ASSERT_TRUE(must(other_->users().add_user(eve)));
  EXPECT_TRUE(heard.id(of_nobody.id)) << "that there was no user was read, too";
  mine_->sessions().watch(nullptr);
}

TEST_P(RedisWatch, HearsItsOwnTouches) {
  Heard heard;
  mine_->sessions().watch(heard.sink());
  const SessionRecord own = add(*mine_, 1, UserId{1});
  EXPECT_TRUE(exists(*mine_, own.id));
  const Touch touch{own.id, kStart + Millis{1}, kStart + kIdle + Millis{1}};
  EXPECT_EQ(must(mine_->sessions().touch({&touch, 1})), 1U);
  EXPECT_TRUE(heard.id(own.id)) << "the engine has forgotten that this node read it";
  mine_->sessions().watch(nullptr);
}

TEST_P(RedisWatch, IsToldNothingAfterItsEnd) {
  Heard heard;
  mine_->sessions().watch(heard.sink());
  const SessionRecord early = add(*mine_, 1, UserId{1});
  EXPECT_TRUE(exists(*mine_, early.id));
  remove(*other_, early.id);
  EXPECT_TRUE(heard.id(early.id));
  mine_->sessions().watch(nullptr);
  const SessionRecord late = add(*mine_, 3, UserId{1});
  EXPECT_TRUE(exists(*mine_, late.id));
  remove(*other_, late.id);
  EXPECT_FALSE(exists(*mine_, late.id));
  EXPECT_EQ(heard.ids(), 1U);
}

// Tracking tells once: the write of a touch uses up what the engine remembers of the look-up before
// it, whoever touched. So a node must be told of its own touch, too, or what it kept goes stale.
TEST_P(RedisWatch, ANearCacheForgetsWhatAnotherNodeEndsAfterAnOwnTouch) {
  const auto cache = make_near_cache(*mine_, {.max_age = std::chrono::hours{1}});
  const SessionRecord record = add(*mine_, 1, UserId{1});
  EXPECT_TRUE(exists(*cache, record.id));
  const Touch touch{record.id, kStart + Millis{1}, kStart + kIdle + Millis{1}};
  EXPECT_EQ(must(cache->sessions().touch({&touch, 1})), 1U);
  remove(*other_, record.id);
  const auto deadline = steady_clock::now() + std::chrono::seconds{10};
  while (exists(*cache, record.id) && steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_FALSE(exists(*cache, record.id));
}

// Readers fill a near cache while another node ends the sessions: once its remove has returned and
// the message had its time, no reader may be answered from before.
TEST_P(RedisWatch, ANearCacheForgetsWhatAnotherNodeEnds) {
  const auto cache = make_near_cache(*mine_, {.max_age = std::chrono::hours{1}});
  const int trials = scaled(300, 10'000);
  constexpr int kReaders = 3;
  std::vector<SessionRecord> records;
  for (int i = 0; i < trials; ++i) records.push_back(add(*other_, i, UserId{i}));
  std::atomic<std::size_t> current{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      while (!stop) exists(*cache, records[current].id);
    });
  }
  for (const SessionRecord& record : records) {
    current = static_cast<std::size_t>(&record - records.data());
    EXPECT_TRUE(exists(*cache, record.id));
    remove(*other_, record.id);
    const auto deadline = steady_clock::now() + std::chrono::seconds{10};
    while (exists(*cache, record.id) && steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_FALSE(exists(*cache, record.id));
    if (HasFailure()) break;
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  for (const SessionRecord& record : records) {
    ASSERT_FALSE(exists(*cache, record.id)) << "a late answer was kept";
  }
}

INSTANTIATE_TEST_SUITE_P(Redis, RedisWatch,
                         ::testing::Values(Place{"Server", false}, Place{"Cluster", true}),
                         [](const auto& test) { return test.param.name; });

TEST(RedisWatchLoss, ARestartedOrEmptiedEngineDropsTheWholeCache) {
  RedisServer server({"--appendonly", "yes", "--appendfsync", "always"});
  auto store = std::move(*open_redis(server.options()));
  Heard lost;
  store->sessions().watch(lost.sink());
  server.kill();
  EXPECT_TRUE(lost.everything());
  ASSERT_TRUE(server.start());
  const auto deadline = steady_clock::now() + std::chrono::seconds{10};
  while (!store->meta().check() && steady_clock::now() < deadline) std::this_thread::yield();
  Heard emptied;
  store->sessions().watch(emptied.sink());
  server.ask({"FLUSHALL"});
  EXPECT_TRUE(emptied.everything());
  store->sessions().watch(nullptr);
}

TEST(RedisWatchLoss, TellsWhetherItHears) {
  RedisServer server;
  auto store = std::move(*open_redis(server.options()));
  EXPECT_FALSE(store->sessions().watch_status()) << "nobody watches";
  Heard heard;
  store->sessions().watch(heard.sink());
  ASSERT_TRUE(store->meta().check());
  EXPECT_TRUE(store->sessions().watch_status().value().up);
  EXPECT_GT(store->sessions().watch_status().value().lag.value(), std::chrono::microseconds{0});
  server.kill();
  EXPECT_TRUE(heard.everything());
  EXPECT_FALSE(store->sessions().watch_status().value().up);
  store->sessions().watch(nullptr);
  EXPECT_FALSE(store->sessions().watch_status());
}

TEST(RedisWatchLoss, TellsHowLongNewsTakeAlsoWhenNobodyAsksAnything) {
  RedisServer server;
  Proxy proxy(server.port());
  RedisOptions options = server.tcp_options();
  options.addresses.front().port = proxy.port();
  auto store = std::move(*open_redis(options));
  store->sessions().watch([](const Invalidation&) {});
  constexpr Millis kWay{60};
  proxy.set_delay(kWay);
  const auto deadline = steady_clock::now() + std::chrono::seconds{20};
  const auto lag = [&] { return store->sessions().watch_status().value().lag.value(); };
  while (lag() < 2 * kWay && steady_clock::now() < deadline) {
    std::this_thread::sleep_for(Millis{10});
  }
  EXPECT_GE(lag(), 2 * kWay) << "a sign of life there and back";
  store->sessions().watch(nullptr);
}

TEST(RedisWatchLoss, NothingIsRememberedByTheEngineWhileNobodyListens) {
  RedisServer server;
  auto store = std::move(*open_redis(server.options()));
  const SessionId id = SessionId::parse("06S0123456789abcdefghij").value();
  const auto tracked = [&] {
    const std::string info = server.ask({"INFO", "stats"}).text;
    return std::stoi(info.substr(info.find("tracking_total_keys:") + 20));
  };
  must(store->sessions().find({&id, 1}, {}));
  EXPECT_EQ(tracked(), 0);
  store->sessions().watch([](const Invalidation&) {});
  must(store->sessions().find({&id, 1}, {.with_user = true}));
  EXPECT_GE(tracked(), 1);
  const int before = tracked();
  must(store->sessions().list_user(UserId{1}, {.now = kStart}));
  must(store->users().find_username("nobody"));
  EXPECT_EQ(tracked(), before) << "only look-ups of sessions are remembered";
  store->sessions().watch(nullptr);
}

}  // namespace
}  // namespace latchkey::testing
