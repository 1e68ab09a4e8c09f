// What one node changes is heard by the others.
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <thread>

#include "latchkey/near_cache.h"
#include "tests/postgres/heard.h"
#include "tests/postgres/postgres_under_test.h"
#include "tests/postgres/records.h"

namespace latchkey::testing {
namespace {

// Once by notifications, once by looking into the outbox.
class PostgresWatch : public ::testing::TestWithParam<const char*> {
 protected:
  PostgresWatch() { EXPECT_TRUE(heard_.wait_for_everything()) << "the channel never stood"; }

  SessionRecord add(int number) {
    SessionRecord record = record_number(number, ann_);
    const auto outcome = there_->sessions().insert(record, {.now = kBegin});
    EXPECT_TRUE(outcome && outcome->status == InsertStatus::inserted);
    return record;
  }
  std::string url_ = cluster().new_schema_url(GetParam());
  std::string schema_ = schema_in(url_);
  UserId ann_ = user_named("ann");
  std::unique_ptr<Store> here_ = open_or_fail(patient_options(url_));
  std::unique_ptr<Store> there_ = open_or_fail(patient_options(url_));
  Heard heard_{*here_};
};

INSTANTIATE_TEST_SUITE_P(Postgres, PostgresWatch, ::testing::Values("prepare=on", "prepare=off"),
                         [](const auto& param) {
                           return std::string(param.param) == "prepare=on" ? "Listening"
                                                                           : "Polling";
                         });

TEST_P(PostgresWatch, EveryKindOfChangeIsHeard) {
  const SessionRecord record = add(1);
  ASSERT_TRUE(there_->sessions().replace(record, 1, kBegin));
  EXPECT_TRUE(heard_.wait_for_id(record.id)) << "replaced";
  heard_.forget();
  ASSERT_TRUE(there_->sessions().remove({&record.id, 1}, EndReason::logout, kBegin));
  EXPECT_TRUE(heard_.wait_for_id(record.id)) << "removed";

  const SessionRecord evicted = add(2);
  SessionRecord next = record_number(3, ann_);
  next.last_seen_at += Millis{1};
  ASSERT_TRUE(there_->sessions().insert(next, {.now = kBegin, .max_per_user = 1}));
  EXPECT_TRUE(heard_.wait_for_id(evicted.id)) << "evicted";
  ASSERT_TRUE(there_->sessions().remove_user(ann_, {.now = kBegin}));
  EXPECT_TRUE(heard_.wait_for_user(ann_)) << "everything of a user";
}

TEST_P(PostgresWatch, ChangesOfAUserAreHeard) {
  const StoredUser user{.user = {.id = ann_, .username = "ann", .created_at = kBegin},
                        .username_key = "ann",
                        .password_hash = "old"};
  ASSERT_TRUE(there_->users().add_user(user));
  EXPECT_TRUE(heard_.wait_for_user(ann_)) << "added";
  heard_.forget();
  ASSERT_TRUE(there_->users().set_disabled(ann_, true));
  EXPECT_TRUE(heard_.wait_for_user(ann_)) << "disabled";
  heard_.forget();
  ASSERT_TRUE(there_->users().set_password(
      {.user = ann_, .new_hash = "new", .expected_hash = "old", .now = kBegin}));
  EXPECT_TRUE(heard_.wait_for_user(ann_)) << "new password";
}

TEST_P(PostgresWatch, OwnChangesAreNotTold) {
  const SessionRecord own = add(1);
  const SessionRecord other = add(2);
  ASSERT_TRUE(here_->sessions().remove({&own.id, 1}, EndReason::logout, kBegin));
  ASSERT_TRUE(there_->sessions().remove({&other.id, 1}, EndReason::logout, kBegin));
  ASSERT_TRUE(heard_.wait_for_id(other.id));
  EXPECT_FALSE(heard_.was_told(own.id));
}

TEST_P(PostgresWatch, OldRowsOfTheOutboxGoWithoutAPrune) {
  const std::string outbox = schema_ + ".latchkey_outbox";
  ASSERT_EQ(
      cluster().run("INSERT INTO " + outbox + "(at,origin) VALUES(now()-interval '10 minutes',1)"),
      "");
  const SessionRecord record = add(1);
  ASSERT_TRUE(there_->sessions().remove({&record.id, 1}, EndReason::logout, kBegin));
  const std::string count =
      "SELECT count(*) FROM " + outbox + " WHERE at<now()-interval '5 minutes'";
  const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (cluster().run(count) != "0" && std::chrono::steady_clock::now() < late) {
    std::this_thread::yield();
  }
  EXPECT_EQ(cluster().run(count), "0");
}

TEST_P(PostgresWatch, TellsHowWellItHears) {
  EXPECT_FALSE(there_->sessions().watch_status()) << "nobody watches";
  EXPECT_TRUE(here_->sessions().watch_status().value().up);
  const SessionRecord record = add(1);
  ASSERT_TRUE(there_->sessions().remove({&record.id, 1}, EndReason::logout, kBegin));
  ASSERT_TRUE(heard_.wait_for_id(record.id));
  EXPECT_TRUE(here_->sessions().watch_status().value().lag) << "something was heard";
}

// The node drops its copies when the write fails, but may read the session again before the server
// is done with it.
TEST_P(PostgresWatch, AnOwnWriteThatIsDoneAfterItWasGivenUpIsHeard) {
  PostgresOptions options = patient_options(url_);
  options.write_timeout = std::chrono::seconds{1};
  const auto node = open_or_fail(options);
  Heard heard(*node);
  ASSERT_TRUE(heard.wait_for_everything());
  const SessionRecord first = add(1), second = add(2);
  ASSERT_TRUE(node->sessions().remove({&first.id, 1}, EndReason::logout, kBegin));
  ASSERT_EQ(cluster().run("CREATE FUNCTION " + schema_ +
                          ".dawdle() RETURNS trigger LANGUAGE plpgsql AS "
                          "'BEGIN PERFORM pg_sleep(2); RETURN NEW; END'; "
                          "CREATE TRIGGER dawdle BEFORE INSERT ON " +
                          schema_ + ".latchkey_outbox FOR EACH ROW EXECUTE FUNCTION " + schema_ +
                          ".dawdle()"),
            "");
  const auto removed = node->sessions().remove({&second.id, 1}, EndReason::logout, kBegin);
  ASSERT_FALSE(removed) << "the server took longer than the deadline";
  EXPECT_TRUE(heard.wait_for_id(second.id));
}

// A growing number in each row would lose the one that is committed late.
TEST_P(PostgresWatch, ATransactionThatCommitsLateIsHeardAllTheSame) {
  PGconn* slow = PQconnectdb(cluster().url().c_str());
  const std::string insert =
      "BEGIN; INSERT INTO " + schema_ + ".latchkey_outbox(origin,users) VALUES(1,'{late}')";
  PQclear(PQexec(slow, insert.c_str()));
  const SessionRecord record = add(1);
  ASSERT_TRUE(there_->sessions().remove({&record.id, 1}, EndReason::logout, kBegin));
  EXPECT_TRUE(heard_.wait_for_id(record.id));
  PQclear(PQexec(slow, "COMMIT"));
  PQfinish(slow);
  EXPECT_TRUE(heard_.wait_for_user(user_named("late")));
}

TEST_P(PostgresWatch, ALostConnectionTellsThatEverythingMayHaveChanged) {
  heard_.forget();
  EXPECT_NE(cluster().run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE "
                          "'%" +
                          schema_ + "%outbox o ON%' AND pid<>pg_backend_pid()"),
            "");
  EXPECT_TRUE(heard_.wait_for_everything());
  const SessionRecord record = add(1);
  ASSERT_TRUE(there_->sessions().remove({&record.id, 1}, EndReason::logout, kBegin));
  EXPECT_TRUE(heard_.wait_for([&](const Invalidation& change) {
    return change.everything ||
           std::find(change.ids.begin(), change.ids.end(), record.id) != change.ids.end();
  }));
}

TEST_P(PostgresWatch, ARevocationEmptiesTheNearCacheOfAnotherNode) {
  const auto node = open_or_fail(patient_options(url_));
  const auto cache = make_near_cache(*node, {.max_age = std::chrono::hours{1}});
  const SessionRecord record = add(1);
  const auto is_valid = [&] {
    const auto found = cache->sessions().find({&record.id, 1}, {});
    return found && (*found)[0].record.has_value();
  };
  const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (cache->stats().hits == 0 && std::chrono::steady_clock::now() < late) {
    EXPECT_TRUE(is_valid());
  }
  ASSERT_TRUE(there_->sessions().remove({&record.id, 1}, EndReason::logout, kBegin));
  while (is_valid() && std::chrono::steady_clock::now() < late) std::this_thread::yield();
  EXPECT_FALSE(is_valid());
}

}  // namespace
}  // namespace latchkey::testing
