// `latchkey migrate` between a SQLite file and a PostgreSQL database.
#include <gtest/gtest.h>

#include "latchkey/sqlite.h"
#include "tests/postgres/postgres_under_test.h"
#include "tests/postgres/records.h"
#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

class Migrate : public ::testing::Test {
 protected:
  struct Outcome {
    int code = 0;
    std::string output{};
    std::string errors{};
  };
  static Outcome run(const std::vector<std::string>& arguments) {
    std::vector<std::string> all{"migrate"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    Program program({.arguments = all, .environment = {}});
    const int code = program.wait();
    return {code, program.output(), program.errors()};
  }
  static std::unique_ptr<Store> open_file(const std::string& path) {
    auto store = open_sqlite({.path = path});
    EXPECT_TRUE(store) << store.error().detail;
    return std::move(*store);
  }
  // A session that lives long enough for the clock of this machine.
  static SessionRecord record(int number, const UserId& user) {
    SessionRecord made = record_number(number, user);
    made.idle_expires_at = made.absolute_expires_at = kNever;
    return made;
  }
  static bool has(Store& store, const SessionId& id) {
    const auto found = store.sessions().find({&id, 1}, {});
    return found && (*found)[0].record.has_value();
  }
  void fill(Store& store) const {
    const StoredUser user{.user = {.id = ann_, .username = "ann", .created_at = kBegin},
                          .username_key = "ann",
                          .password_hash = "hash"};
    ASSERT_TRUE(store.users().add_user(user));
    ASSERT_TRUE(store.sessions().remove_user(ann_, {.now = kBegin, .bump_epoch = true}));
    for (int i = 0; i < 540; ++i) {
      ASSERT_TRUE(store.sessions().insert(record(i, i % 2 == 0 ? ann_ : UserId{}), {}));
    }
    const Denial denial{"ended-token", kNever};
    ASSERT_TRUE(store.denials().deny({&denial, 1}));
  }

  TempDirectory directory_;
  const std::string file_ = directory_.path() + "/a.db";
  const std::string copy_ = directory_.path() + "/b.db";
  const std::string url_ = cluster().new_schema_url();
  const UserId ann_ = user_named("ann");
};

TEST_F(Migrate, AStoreIsCopiedThereAndBackAndStaysTheSame) {
  std::string instance;
  {
    const auto file = open_file(file_);
    fill(*file);
    instance = file->meta().meta()->instance;
  }
  const Outcome there = run({"--from", "sqlite:" + file_, "--to", url_});
  EXPECT_EQ(there.code, 0) << there.errors;
  EXPECT_EQ(there.output, "the same in both: 1 users, 540 sessions\n");
  EXPECT_NE(there.errors.find("540 sessions seen"), std::string::npos) << there.errors;
  const Outcome back = run({"--from", url_, "--to", copy_});
  EXPECT_EQ(back.code, 0) << back.errors;

  for (const auto& store : {open_or_fail(patient_options(url_)), open_file(copy_)}) {
    EXPECT_EQ(store->meta().meta()->instance, instance) << "the keys beside it go on to fit";
    EXPECT_EQ(*store->epochs().user_epoch(ann_), 1);
    EXPECT_EQ((*store->users().find_username("ann"))->password_hash, "hash");
    EXPECT_TRUE(store->denials().standing("ended-token", ann_)->denied);
    const SessionRecord wanted = record(7, UserId{});
    EXPECT_EQ((*store->sessions().find({&wanted.id, 1}, {}))[0].record, wanted);
  }
}

TEST_F(Migrate, ASecondRunBringsOverWhatChangedAndEndsWhatEnded) {
  const auto file = open_file(file_);
  fill(*file);
  ASSERT_EQ(run({"--from", file_, "--to", url_}).code, 0);
  const SessionRecord ended = record(0, ann_);
  const SessionRecord fresh = record(1000, ann_);
  SessionRecord changed = record(2, ann_);
  changed.attributes = R"({"theme":"dark"})";
  ASSERT_TRUE(file->sessions().remove({&ended.id, 1}, EndReason::logout, kBegin));
  ASSERT_TRUE(file->sessions().insert(fresh, {}));
  ASSERT_TRUE(file->sessions().replace(changed, 1, kBegin));
  ASSERT_TRUE(file->users().upgrade_hash(ann_, "hash", "better"));
  const std::string before = (*file->users().find_user(ann_))->user.attributes;
  ASSERT_TRUE(*file->users().set_attributes(ann_, before, R"({"email":"ann@example.com"})"));
  EXPECT_EQ(run({"--from", file_, "--to", url_}).code, 0);

  const auto store = open_or_fail(patient_options(url_));
  EXPECT_FALSE(has(*store, ended.id)) << "who logged out stays logged out";
  EXPECT_EQ((*store->sessions().find({&ended.id, 1}, {}))[0].tombstone.value().reason,
            EndReason::logout);
  EXPECT_TRUE(has(*store, fresh.id));
  EXPECT_EQ((*store->sessions().find({&changed.id, 1}, {}))[0].record.value().attributes,
            changed.attributes);
  EXPECT_EQ((*store->users().find_user(ann_))->password_hash, "better");
  EXPECT_EQ((*store->users().find_user(ann_))->user.attributes, R"({"email":"ann@example.com"})");
}

TEST_F(Migrate, AnInterruptedCopyGoesOnWhereItStood) {
  {
    const auto file = open_file(file_);
    fill(*file);
  }
  const Outcome rest = run({"--from", file_, "--to", url_, "--after", "sessions:500"});
  EXPECT_EQ(rest.code, 0) << rest.errors;
  EXPECT_NE(rest.errors.find("copied: 0 users, 40 sessions seen"), std::string::npos)
      << rest.errors;
  EXPECT_EQ(rest.output, "the same in both: 1 users, 540 sessions\n") << "the second pass did it";
  EXPECT_EQ(run({"--from", file_, "--to", url_, "--after", "nonsense"}).code, 2);
}

TEST_F(Migrate, AStoreOfItsOwnIsNotOverwritten) {
  open_file(file_);
  ASSERT_TRUE(open_or_fail(patient_options(url_)));
  const Outcome refused = run({"--from", file_, "--to", url_});
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.errors.find("a store of its own"), std::string::npos) << refused.errors;
  EXPECT_EQ(run({"--from", directory_.path() + "/missing.db", "--to", url_}).code, 1);
  EXPECT_EQ(run({"--from", file_}).code, 2);
  EXPECT_EQ(run({}).code, 2);
}

TEST_F(Migrate, MakesTheTablesAndTellsTheirVersion) {
  const Outcome made = run({url_});
  EXPECT_EQ(made.code, 0) << made.errors;
  EXPECT_EQ(made.output, "the store is at version 4\n");
  ASSERT_EQ(cluster().run("UPDATE " + schema_in(url_) +
                          ".latchkey_meta SET value='99' WHERE key='schema_version'"),
            "");
  const Outcome newer = run({url_});
  EXPECT_EQ(newer.code, 1);
  EXPECT_NE(newer.errors.find("newer version"), std::string::npos) << newer.errors;
}

}  // namespace
}  // namespace latchkey::testing
