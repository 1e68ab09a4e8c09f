// What becomes of sessions when the engine or the way to it fails: never a log-out, never a wrong
// acceptance, and everything works again without a restart.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <thread>

#include "latchkey/near_cache.h"
#include "latchkey/testing/store_fixture.h"
#include "tests/redis/proxy.h"
#include "tests/redis/server.h"
#include "tests/support/free_port.h"

namespace latchkey::testing {
namespace {

using std::chrono::steady_clock;

class RedisFaults : public ::testing::Test {
 protected:
  SessionRecord record(int number) {
    SessionRecord made;
    const std::string digits = std::to_string(number);
    made.id = SessionId::parse("06S" + std::string(20 - digits.size(), 'x') + digits).value();
    made.user_id = UserId::parse("ada").value();
    made.created_at = made.authenticated_at = made.last_seen_at = kStart;
    made.idle = kIdle;
    made.idle_expires_at = kStart + kIdle;
    made.absolute_expires_at = kStart + kAbsolute;
    return made;
  }
  std::unique_ptr<Store> open(const RedisOptions& options) {
    auto opened = open_redis(options);
    EXPECT_TRUE(opened) << opened.error().detail;
    return opened ? std::move(*opened) : nullptr;
  }
  RedisOptions through(const Proxy& proxy) {
    RedisOptions options = server_.tcp_options();
    options.addresses.front().port = proxy.port();
    return options;
  }
  static SessionRecord add(Store& store, const SessionRecord& made) {
    const auto outcome = store.sessions().insert(made, {.now = kStart});
    EXPECT_TRUE(outcome) << outcome.error().detail;
    return made;
  }
  static Result<std::vector<Found>> find(Store& store, const SessionId& id) {
    return store.sessions().find({&id, 1}, {.with_user = true});
  }
  // comes_back waits, for a while, until the store answers again.
  static bool comes_back(Store& store) {
    const auto deadline = steady_clock::now() + std::chrono::seconds{20};
    while (!store.meta().check()) {
      if (steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(Millis{10});
    }
    return true;
  }
  static Errc code_of(const Result<std::vector<Found>>& found) {
    EXPECT_FALSE(found) << "it answered";
    return found ? Errc::conflict : found.error().code;
  }

  RedisServer server_{{"--appendonly", "yes", "--appendfsync", "always"}};
};

TEST_F(RedisFaults, AKilledEngineIsAFailureAndComesBackWithItsData) {
  const auto store = open(server_.tcp_options());
  const SessionRecord kept = add(*store, record(1));
  const SessionRecord ended = add(*store, record(2));
  ASSERT_EQ(must(store->sessions().remove({&ended.id, 1}, EndReason::logout, kStart)), 1U);
  server_.kill();
  EXPECT_EQ(code_of(find(*store, kept.id)), Errc::store_unavailable);
  EXPECT_EQ(store->sessions().insert(record(3), {.now = kStart}).error().code,
            Errc::store_unavailable);
  EXPECT_FALSE(store->meta().check());
  ASSERT_TRUE(server_.start());
  ASSERT_TRUE(comes_back(*store));
  EXPECT_TRUE(must(find(*store, kept.id))[0].record);
  const Found gone = must(find(*store, ended.id))[0];
  EXPECT_FALSE(gone.record);
  EXPECT_TRUE(gone.tombstone) << "an acknowledged log-out holds";
}

TEST_F(RedisFaults, AnEmptiedEngineIsAFailureAndNotAnEmptyStore) {
  const auto store = open(server_.options());
  const SessionRecord kept = add(*store, record(1));
  server_.ask({"FLUSHALL"});
  for (const bool with_user : {false, true}) {
    const auto found = store->sessions().find({&kept.id, 1}, {.with_user = with_user});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Errc::store_mismatch);
    EXPECT_NE(found.error().detail.find("restore"), std::string::npos);
  }
  EXPECT_EQ(store->meta().check().error().code, Errc::store_mismatch);
  EXPECT_EQ(store->sessions().insert(record(2), {.now = kStart}).error().code, Errc::store_mismatch)
      << "a log-in that would be lost again";
  EXPECT_EQ(store->denials().standing("x", kept.user_id).error().code, Errc::store_mismatch);
  EXPECT_EQ(store->users().find_username("ada").error().code, Errc::store_mismatch);
  EXPECT_EQ(store->meta().meta().error().code, Errc::store_mismatch);
}

TEST_F(RedisFaults, AnotherStoreUnderThePrefixIsRefused) {
  const std::string instance = must(open(server_.options())->meta().meta()).instance;
  RedisOptions options = server_.options();
  options.expected_instance = instance;
  EXPECT_TRUE(open_redis(options));
  options.expected_instance = "another";
  EXPECT_EQ(open_redis(options).error().code, Errc::store_mismatch);
  options.prefix = "none:";
  options.expected_instance = instance;
  EXPECT_EQ(open_redis(options).error().code, Errc::store_mismatch);
  options.expected_instance.clear();
  options.create = false;
  EXPECT_EQ(open_redis(options).error().code, Errc::store_mismatch);
}

TEST_F(RedisFaults, ASlowEngineFailsInTimeAndTheConnectionStays) {
  Proxy proxy(server_.port());
  const auto store = open(through(proxy));
  const SessionRecord kept = add(*store, record(1));
  proxy.set_delay(Millis{400});
  const auto started = steady_clock::now();
  EXPECT_EQ(code_of(find(*store, kept.id)), Errc::store_unavailable);
  EXPECT_GE(steady_clock::now() - started, Millis{150}) << "the deadline of reads";
  EXPECT_EQ(store->sessions().insert(record(2), {.now = kStart})->status, InsertStatus::inserted)
      << "a write has more time";
  proxy.set_delay(Millis{0});
  ASSERT_TRUE(comes_back(*store));
  EXPECT_TRUE(must(find(*store, kept.id))[0].record) << "late answers are given to nobody else";
  EXPECT_EQ(proxy.accepted(), 1);
}

TEST_F(RedisFaults, ABlackHoleIsNoticedAndLeft) {
  Proxy proxy(server_.port());
  const auto store = open(through(proxy));
  std::atomic<int> everything{0};
  store->sessions().watch([&](const Invalidation& change) { everything += change.everything; });
  const SessionRecord kept = add(*store, record(1));
  proxy.set_black_hole(true);
  EXPECT_EQ(code_of(find(*store, kept.id)), Errc::store_unavailable);
  const auto deadline = steady_clock::now() + std::chrono::seconds{20};
  while (everything == 0 && steady_clock::now() < deadline) {
    std::this_thread::sleep_for(Millis{10});
  }
  EXPECT_GE(everything, 1) << "nobody knows what was missed";
  proxy.set_black_hole(false);
  ASSERT_TRUE(comes_back(*store));
  EXPECT_TRUE(must(find(*store, kept.id))[0].record);
  store->sessions().watch(nullptr);
}

TEST_F(RedisFaults, AResetInMidReplyNeverGivesHalfAnAnswer) {
  Proxy proxy(server_.port());
  const auto store = open(through(proxy));
  const SessionRecord kept = add(*store, record(1));
  for (int bytes = 0; bytes < 160; bytes += 7) {
    proxy.reset_after(bytes);
    const auto found = find(*store, kept.id);  // sent again over a new connection
    if (found) {
      EXPECT_EQ((*found)[0].record, kept) << "cut after " << bytes;
    } else {
      EXPECT_EQ(found.error().code, Errc::store_unavailable);
    }
    ASSERT_TRUE(comes_back(*store));
  }
}

TEST_F(RedisFaults, AWriteWhoseAnswerIsLostIsNotRepeatedBehindTheCallersBack) {
  Proxy proxy(server_.port());
  const auto store = open(through(proxy));
  add(*store, record(2));  // the engine knows the script
  proxy.reset_after(0);
  EXPECT_EQ(store->sessions().insert(record(1), {.now = kStart}).error().code,
            Errc::store_unavailable);
  ASSERT_TRUE(comes_back(*store));
  const auto again = store->sessions().insert(record(1), {.now = kStart});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->status, InsertStatus::id_taken) << "it had been done";
}

TEST_F(RedisFaults, AWrongPasswordSaysSo) {
  server_.ask({"CONFIG", "SET", "requirepass", "right"});
  RedisOptions options = server_.options();
  EXPECT_NE(open_redis(options).error().detail.find("wants a password"), std::string::npos);
  options.password = "wrong";
  const auto refused = open_redis(options);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("refuses the user or the password"), std::string::npos);
  EXPECT_EQ(refused.error().detail.find("wrong"), std::string::npos);
  options.password = "right";
  EXPECT_TRUE(open_redis(options));
}

TEST_F(RedisFaults, AnAclUserNeedsWhatThePageSays) {
  server_.ask({"ACL", "SETUSER", "app", "on", ">secret", "~lk:*", "+@connection",
               "+client|tracking", "+client|setname", "+@scripting", "+@read", "+@write",
               "+@keyspace", "-@dangerous", "+hello", "+time", "+scan"});
  RedisOptions options = server_.options();
  options.user = "app";
  options.password = "secret";
  const auto store = open(options);
  ASSERT_NE(store, nullptr);
  const SessionRecord kept = add(*store, record(1));
  EXPECT_TRUE(must(find(*store, kept.id))[0].record);
  EXPECT_EQ(must(store->sessions().remove({&kept.id, 1}, EndReason::logout, kStart)), 1U);
  EXPECT_TRUE(store->sessions().prune(kStart + std::chrono::days{400}, 10));
  server_.ask({"ACL", "SETUSER", "app", "-@write"});
  const auto refused = store->sessions().insert(record(2), {.now = kStart});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("ACL user"), std::string::npos) << refused.error().detail;
}

TEST_F(RedisFaults, AFullMemoryRefusesLoginsAndStillLogsOut) {
  const auto store = open(server_.options());
  const SessionRecord kept = add(*store, record(1));
  const SessionRecord leaving = add(*store, record(2));
  server_.ask({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  server_.ask({"CONFIG", "SET", "maxmemory", "1"});
  const auto refused = store->sessions().insert(record(3), {.now = kStart});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::store_read_only);
  EXPECT_NE(refused.error().detail.find("maxmemory"), std::string::npos);
  EXPECT_TRUE(must(find(*store, kept.id))[0].record);
  EXPECT_EQ(must(store->sessions().remove({&leaving.id, 1}, EndReason::logout, kStart)), 1U);
  EXPECT_EQ(must(find(*store, leaving.id))[0].tombstone->reason, EndReason::logout);
  EXPECT_EQ(must(store->sessions().remove_user(kept.user_id, {.now = kStart, .bump_epoch = true}))
                .ids.size(),
            1U);
  const Denial denial{"stateless", kStart};
  EXPECT_EQ(must(store->denials().deny({&denial, 1})), 1U);
  server_.ask({"CONFIG", "SET", "maxmemory", "0"});
  add(*store, record(4));
}

TEST_F(RedisFaults, AStoppedEngineIsAFailureUntilItGoesOn) {
  const auto store = open(server_.options());
  const SessionRecord kept = add(*store, record(1));
  server_.signal(SIGSTOP);
  EXPECT_EQ(code_of(find(*store, kept.id)), Errc::store_unavailable);
  server_.signal(SIGCONT);
  ASSERT_TRUE(comes_back(*store));
  EXPECT_TRUE(must(find(*store, kept.id))[0].record);
}

TEST_F(RedisFaults, R21AReplicaIsNeverAsked) {
  const RedisServer replica({"--replicaof", "127.0.0.1", std::to_string(server_.port())});
  const auto refused = open_redis(replica.options());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::store_unavailable);
  EXPECT_NE(refused.error().detail.find("replica"), std::string::npos) << refused.error().detail;
}

TEST_F(RedisFaults, R21APrimaryThatBecomesAReplicaIsLeftUnderLoadToo) {
  const auto store = open(server_.tcp_options());
  std::atomic<int> everything{0};
  store->sessions().watch([&](const Invalidation& change) { everything += change.everything; });
  const SessionRecord kept = add(*store, record(1));
  // It keeps its data and hears of nothing that its primary acknowledges.
  server_.ask({"REPLICAOF", "127.0.0.1", std::to_string(free_port())});
  const auto deadline = steady_clock::now() + std::chrono::seconds{20};
  auto found = find(*store, kept.id);
  while (found && steady_clock::now() < deadline) found = find(*store, kept.id);
  EXPECT_EQ(code_of(found), Errc::store_unavailable);
  EXPECT_GE(everything, 1) << "no copy is believed any longer";
  EXPECT_FALSE(find(*store, kept.id)) << "nor is it asked again";
  server_.ask({"REPLICAOF", "NO", "ONE"});
  ASSERT_TRUE(comes_back(*store));
  EXPECT_TRUE(must(find(*store, kept.id))[0].record);
  store->sessions().watch(nullptr);
}

TEST_F(RedisFaults, WhatDoesNotSpeakTheProtocolIsRefused) {
  RedisOptions options;
  options.addresses.push_back({.host = "127.0.0.1", .port = free_port()});
  options.connect_timeout = Millis{500};
  const auto nobody = open_redis(options);
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, Errc::store_unavailable);
  EXPECT_NE(nobody.error().detail.find("cannot be reached"), std::string::npos);
  options = server_.tcp_options();
  options.cluster = true;
  EXPECT_NE(open_redis(options).error().detail.find("no cluster"), std::string::npos)
      << open_redis(options).error().detail;
}

}  // namespace
}  // namespace latchkey::testing
