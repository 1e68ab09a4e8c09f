// What the store leaves in Redis: sizes, times to live, indexes.
#include <gtest/gtest.h>

#include "latchkey/testing/store_fixture.h"
#include "tests/redis/server.h"

namespace latchkey::testing {
namespace {

class RedisKeyspace : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = open_redis(server_.options());
    ASSERT_TRUE(opened) << opened.error().detail;
    store_ = std::move(*opened);
  }

  // record makes a session without attributes, of a user with an id of 16 octets.
  SessionRecord record(int number, int user) {
    SessionRecord made;
    std::string digits = std::to_string(number);
    made.id = SessionId::parse("06S" + std::string(20 - digits.size(), 'x') + digits).value();
    digits = std::to_string(user);
    made.user_id = UserId::parse(std::string(16 - digits.size(), 'u') + digits).value();
    made.created_at = made.authenticated_at = made.last_seen_at = kStart;
    made.idle = kIdle;
    made.idle_expires_at = kStart + kIdle;
    made.absolute_expires_at = kStart + kAbsolute;
    made.level = 1;
    return made;
  }
  void insert(const SessionRecord& made, std::uint32_t max = 100) {
    const auto outcome =
        store_->sessions().insert(made, {.now = made.created_at, .max_per_user = max});
    ASSERT_TRUE(outcome) << outcome.error().detail;
    ASSERT_EQ(outcome->status, InsertStatus::inserted);
  }
  std::int64_t used_memory() {
    const std::string info = server_.ask({"INFO", "memory"}).text;
    return std::stoll(info.substr(info.find("used_memory:") + 12));
  }
  std::int64_t number(const std::vector<std::string>& command) {
    return server_.ask(command).integer;
  }

  RedisServer server_;
  std::unique_ptr<Store> store_;
};

TEST_F(RedisKeyspace, R89AnUnknownNameIsLookedUpInAsManyRoundTripsAsAKnownOne) {
  StoredUser user;
  user.user.id = *UserId::parse("u1");
  user.username_key = "alice";
  user.password_hash = "h";
  ASSERT_TRUE(*store_->users().add_user(user));
  const auto calls = [&](std::string_view name) {
    server_.ask({"CONFIG", "RESETSTAT"});
    EXPECT_TRUE(store_->users().find_username(name));
    std::int64_t sum = 0;
    const std::string info = server_.ask({"INFO", "commandstats"}).text;
    for (std::size_t at = info.find("calls="); at != std::string::npos;
         at = info.find("calls=", at + 1)) {
      // Not the command that reset the numbers.
      if (info.rfind("cmdstat_config", at) >= info.rfind('\n', at) + 1 &&
          info.rfind("cmdstat_config", at) != std::string::npos) {
        continue;
      }
      sum += std::stoll(info.substr(at + 6));
    }
    return sum;
  };
  calls("alice");  // scripts are sent by now
  const std::int64_t known = calls("alice");
  EXPECT_GT(known, 0);
  EXPECT_EQ(calls("nobody"), known) << "M9";
  EXPECT_EQ(calls(""), known);
}

TEST_F(RedisKeyspace, ASessionTakesAtMost430BytesWithItsIndex) {
  constexpr int kSessions = 15'000;
  const std::int64_t before = used_memory();
  for (int i = 0; i < kSessions; ++i) insert(record(i, i));
  const double each = static_cast<double>(used_memory() - before) / kSessions;
  RecordProperty("bytes_per_session", std::to_string(each));
  EXPECT_LE(each, 430.0) << "one session for each user, the index included";
  EXPECT_GT(each, 150.0) << "the measurement works";
}

TEST_F(RedisKeyspace, EveryKeyOfASessionGoesADayAfterItsDeadline) {
  const SessionRecord made = record(1, 1);
  insert(made);
  const std::string key = "lk:s:" + std::string{made.id.text()};
  const std::string index = "lk:i:" + made.user_id.text();
  const std::int64_t life = (kIdle + kTombstoneLife).count(), minute = 60'000;
  for (const std::string& name : {key, index}) {
    EXPECT_LE(number({"PTTL", name}), life) << name;
    EXPECT_GT(number({"PTTL", name}), life - minute) << name;
  }
  const Touch touch{made.id, kStart + kIdle / 2, kStart + kIdle / 2 + kIdle};
  ASSERT_EQ(must(store_->sessions().touch({&touch, 1})), 1U);
  for (const std::string& name : {key, index}) {
    EXPECT_GT(number({"PTTL", name}), life - minute) << name;
  }
  ASSERT_EQ(must(store_->sessions().remove({&made.id, 1}, EndReason::logout, kStart)), 1U);
  EXPECT_EQ(number({"EXISTS", index}), 0);
  const std::int64_t left = number({"PTTL", key});
  EXPECT_LE(left, kTombstoneLife.count());
  EXPECT_GT(left, kTombstoneLife.count() - minute);
}

TEST_F(RedisKeyspace, ASessionWithoutADeadlineStays) {
  SessionRecord made = record(1, 1);
  made.idle_expires_at = made.absolute_expires_at = kNever;
  insert(made);
  insert(record(2, 1));
  EXPECT_EQ(number({"PTTL", "lk:s:" + std::string{made.id.text()}}), -1);
  EXPECT_EQ(number({"PTTL", "lk:i:" + made.user_id.text()}), -1) << "it lives as long as it must";
}

TEST_F(RedisKeyspace, AnIndexHealsItselfOfSessionsThatWentByThemselves) {
  for (const std::uint32_t max : {0U, 100U}) {
    const int user = static_cast<int>(max);
    const std::string index = "lk:i:" + record(0, user).user_id.text();
    for (int i = 0; i < 200; ++i) {
      const SessionRecord made = record(1000 * user + i, user);
      insert(made, max);
      server_.ask({"DEL", "lk:s:" + std::string{made.id.text()}});  // as its time to live does
    }
    EXPECT_LE(number({"ZCARD", index}), 3) << "limit " << max;
  }
}

TEST_F(RedisKeyspace, AnIndexEntryOfNobodyEndsNothing) {
  const SessionRecord mine = record(1, 1), other = record(2, 2);
  insert(mine);
  insert(other);
  server_.ask({"ZADD", "lk:i:" + mine.user_id.text(), "1", std::string{other.id.text()}});
  const Removed removed = must(store_->sessions().remove_user(mine.user_id, {.now = kStart}));
  EXPECT_EQ(removed.ids, std::vector{mine.id});
  EXPECT_TRUE(must(store_->sessions().find({&other.id, 1}, {}))[0].record);
}

TEST_F(RedisKeyspace, PruneLeavesTheWorkToTheEngineWhileTheClocksAgree) {
  SessionRecord over = record(1, 1);
  const UnixTime now = system_clock().now();
  over.created_at = over.last_seen_at = now;
  over.idle_expires_at = over.absolute_expires_at = now;
  insert(over);
  EXPECT_EQ(must(store_->sessions().prune(now - kTombstoneLife, 10)), 0U);
  EXPECT_EQ(must(store_->sessions().prune(now, 10)), 1U);
}

TEST_F(RedisKeyspace, AValueOfAnotherFormIsDamageAndNotAbsence) {
  const SessionRecord made = record(1, 1);
  insert(made);
  server_.ask({"SET", "lk:s:" + std::string{made.id.text()}, "Rubbish"});
  for (const bool with_user : {false, true}) {
    const auto found = store_->sessions().find({&made.id, 1}, {.with_user = with_user});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Errc::store_damaged);
  }
}

TEST_F(RedisKeyspace, ScriptsThatTheEngineForgotAreSentAgain) {
  insert(record(1, 1));
  server_.ask({"SCRIPT", "FLUSH"});
  insert(record(2, 1));
}

}  // namespace
}  // namespace latchkey::testing
