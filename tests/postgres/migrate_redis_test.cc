// `latchkey migrate` from a SQLite file to Redis, and on from there.
#include <gtest/gtest.h>

#include <algorithm>
#include <span>

#include "latchkey/open_store.h"
#include "latchkey/token.h"
#include "tests/postgres/cluster.h"
#include "tests/postgres/records.h"
#include "tests/redis/cluster.h"
#include "tests/redis/server.h"
#include "tests/server/program.h"
#include "tests/support/temp_directory.h"

namespace latchkey::testing {
namespace {

constexpr int kSessions = 540;
constexpr int kEvents = 300;  // more than are copied at once

std::string tcp_address(const RedisServer& server) {
  return "127.0.0.1:" + std::to_string(server.port());
}

struct Outcome {
  int code = 0;
  std::string output{};
  std::string errors{};
};

Outcome migrate(const std::vector<std::string>& arguments) {
  std::vector<std::string> all{"migrate"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  Program program({.arguments = all, .environment = {}});
  const int code = program.wait();
  return {code, program.output(), program.errors()};
}

class MigrateRedis : public ::testing::Test {
 protected:
  static std::unique_ptr<Store> open(const std::string& url) {
    constexpr Millis kPatience = std::chrono::seconds{20};
    auto store = open_store(url, {.read_timeout = kPatience, .write_timeout = kPatience});
    EXPECT_TRUE(store) << store.error().detail;
    return store ? std::move(*store) : nullptr;
  }
  // record makes a session that a cluster keeps, too, and that lives long enough.
  SessionRecord record(int number) const {
    SessionRecord made = record_number(number, number % 2 == 0 ? ann_ : UserId{});
    std::string id(made.id.text());
    if (number % 2 == 0) id.replace(0, 3, slot_tag_of(ann_, slot_key_));
    made.id = SessionId::parse(id).value();
    made.idle_expires_at = made.absolute_expires_at = kNever;
    return made;
  }
  void SetUp() override {
    const auto store = open(file_);
    slot_key_ = store->meta().meta()->slot_key;
    const StoredUser user{.user = {.id = ann_, .username = "ann", .created_at = kBegin},
                          .username_key = "ann",
                          .password_hash = "hash"};
    ASSERT_TRUE(store->users().add_user(user));
    ASSERT_TRUE(store->sessions().remove_user(ann_, {.now = kBegin, .bump_epoch = true}));
    for (int i = 0; i < kSessions; ++i) ASSERT_TRUE(store->sessions().insert(record(i), {}));
    const Denial denial{"ended-token", kNever};
    ASSERT_TRUE(store->denials().deny({&denial, 1}));
    std::vector<Event> events;
    for (int i = 0; i < kEvents; ++i) events.push_back(event(i));
    for (std::span<const Event> rest(events); !rest.empty();) {
      const auto some = rest.first(std::min(rest.size(), kMaxEvents));
      rest = rest.subspan(some.size());
      ASSERT_TRUE(store->events().append_events(some));
    }
  }
  static Event event(int number) {
    std::string id = std::to_string(number);
    id.insert(0, kEventIdLength - id.size(), '0');
    return {.id = id, .at = kBegin + Millis{number}, .address = "192.0.2.1"};
  }
  void expect_everything(const std::string& url) const {
    const auto store = open(url);
    ASSERT_NE(store, nullptr) << url;
    EXPECT_EQ(*store->epochs().user_epoch(ann_), 1) << url;
    EXPECT_EQ((*store->users().find_username("ann"))->password_hash, "hash") << url;
    EXPECT_TRUE(store->denials().standing("ended-token", ann_)->denied) << url;
    const auto newest = store->events().list_events({.limit = 1000});
    ASSERT_EQ(newest->events.size(), std::size_t{kEvents}) << url;
    EXPECT_EQ(newest->events.front(), event(kEvents - 1)) << url;
    EXPECT_EQ(newest->events.back(), event(0)) << url;
    for (const int number : {0, 7, kSessions - 1}) {
      const SessionRecord wanted = record(number);
      EXPECT_EQ((*store->sessions().find({&wanted.id, 1}, {}))[0].record, wanted) << url;
    }
  }

  TempDirectory directory_;
  const std::string file_ = "sqlite:" + directory_.path() + "/a.db";
  const UserId ann_ = user_named("ann");
  std::array<std::uint8_t, 32> slot_key_{};
  const RedisServer redis_;
  const std::string redis_url_ = "redis://" + tcp_address(redis_);
};

constexpr const char* kSame = "the same in both: 1 users, 540 sessions\n";

TEST_F(MigrateRedis, AFileIsCopiedToRedisAndOnToPostgres) {
  const Outcome there = migrate({"--from", file_, "--to", redis_url_});
  EXPECT_EQ(there.code, 0) << there.errors;
  EXPECT_EQ(there.output, kSame);
  expect_everything(redis_url_);
  const std::string tables = cluster().new_schema_url();
  const Outcome on = migrate({"--from", redis_url_, "--to", tables});
  EXPECT_EQ(on.code, 0) << on.errors;
  EXPECT_EQ(on.output, kSame);
  expect_everything(tables);
}

TEST_F(MigrateRedis, AServerIsCopiedToACluster) {
  RedisCluster nodes;
  ASSERT_TRUE(nodes.ready());
  ASSERT_EQ(migrate({"--from", file_, "--to", redis_url_}).code, 0);
  const std::string url =
      "redis+cluster://" + tcp_address(nodes.node(0)) + "," + tcp_address(nodes.node(1));
  const Outcome there = migrate({"--from", redis_url_, "--to", url});
  EXPECT_EQ(there.code, 0) << there.errors;
  EXPECT_EQ(there.output, kSame);
  expect_everything(url);
}

TEST_F(MigrateRedis, ASecondRunEndsWhatEndedAndStopsAtAnEmptiedSource) {
  ASSERT_EQ(migrate({"--from", file_, "--to", redis_url_}).code, 0);
  const std::string tables = cluster().new_schema_url();
  ASSERT_EQ(migrate({"--from", redis_url_, "--to", tables}).code, 0);
  const SessionRecord ended = record(0);
  ASSERT_TRUE(open(redis_url_)->sessions().remove({&ended.id, 1}, EndReason::logout, kBegin));
  EXPECT_EQ(migrate({"--from", redis_url_, "--to", tables}).code, 0);
  const auto found = open(tables)->sessions().find({&ended.id, 1}, {});
  EXPECT_EQ((*found)[0].tombstone.value().reason, EndReason::logout);

  redis_.ask({"FLUSHALL"});
  EXPECT_EQ(migrate({"--from", redis_url_, "--to", tables}).code, 1);
  const SessionRecord kept = record(2);
  EXPECT_TRUE((*open(tables)->sessions().find({&kept.id, 1}, {}))[0].record);
}

}  // namespace
}  // namespace latchkey::testing
