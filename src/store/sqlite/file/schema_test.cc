#include "store/sqlite/file/schema.h"

#include <gtest/gtest.h>

#include <fstream>

#include "store/sqlite/test_support.h"

namespace latchkey::sqlite::testing {
namespace {

Errc schema_error(const SqliteOptions& options) {
  const Result<std::unique_ptr<Store>> store = open_sqlite(options);
  EXPECT_FALSE(store);
  return store ? Errc::bad_config : store.error().code;
}

std::string instance_of(Store& store) { return store.meta().meta()->instance; }

TEST(SqliteSchema, AnInstanceIsItsOwnAndCanBeDemanded) {
  TempDir dir;
  const std::string one = instance_of(*open_or_fail(dir.file("one.db")));
  const std::string two = instance_of(*open_or_fail(dir.file("two.db")));
  EXPECT_NE(one, two);
  EXPECT_EQ(one.size(), 32U);
  EXPECT_TRUE(open_or_fail(dir.file("one.db"), {.expected_instance = one}));
  EXPECT_EQ(schema_error({.path = dir.file("one.db"), .expected_instance = two}),
            Errc::store_mismatch);
}

TEST(SqliteSchema, AFileWithoutOurTablesIsNotTakenForAnExpectedStore) {
  TempDir dir;
  std::ofstream(dir.file()).close();
  EXPECT_EQ(schema_error({.path = dir.file(), .create = false}), Errc::store_mismatch);
  EXPECT_EQ(schema_error({.path = dir.file(), .expected_instance = "x"}), Errc::store_mismatch);
  EXPECT_TRUE(open_or_fail(dir.file()));
}

TEST(SqliteSchema, OurTablesWithoutTheMarkerAreRefused) {
  TempDir dir;
  { const auto made = open_or_fail(dir.file()); }
  {
    const auto other = open_plain(dir.file());
    ASSERT_TRUE(other->exec("DELETE FROM latchkey_meta WHERE key='instance'"));
  }
  EXPECT_EQ(schema_error({.path = dir.file()}), Errc::store_mismatch);
  ASSERT_TRUE(open_plain(dir.file())->exec("DROP TABLE latchkey_meta"));
  EXPECT_EQ(schema_error({.path = dir.file()}), Errc::store_mismatch);
}

TEST(SqliteSchema, ANewerSchemaIsRefused) {
  TempDir dir;
  { const auto made = open_or_fail(dir.file()); }
  const auto other = open_plain(dir.file());
  ASSERT_TRUE(other->exec("UPDATE latchkey_meta SET value='99' WHERE key='schema_version'"));
  EXPECT_EQ(schema_error({.path = dir.file()}), Errc::store_mismatch);
  ASSERT_TRUE(other->exec("UPDATE latchkey_meta SET value='x' WHERE key='schema_version'"));
  EXPECT_EQ(schema_error({.path = dir.file()}), Errc::store_mismatch);
}

TEST(SqliteSchema, ABrokenSlotKeyIsRefused) {
  TempDir dir;
  { const auto made = open_or_fail(dir.file()); }
  ASSERT_TRUE(
      open_plain(dir.file())
          ->exec("UPDATE latchkey_meta SET value='zz' || substr(value,3) WHERE key='slot_key'"));
  EXPECT_EQ(schema_error({.path = dir.file()}), Errc::store_mismatch);
}

TEST(SqliteSchema, LuciasTablesBesideOursStayAsTheyAre) {
  TempDir dir;
  {
    const auto lucia = open_plain(dir.file());
    ASSERT_TRUE(lucia->exec(
        "CREATE TABLE user(id TEXT NOT NULL PRIMARY KEY, username TEXT NOT NULL);"
        "CREATE TABLE session(id TEXT NOT NULL PRIMARY KEY, expires_at INTEGER NOT NULL,"
        "  user_id TEXT NOT NULL, FOREIGN KEY(user_id) REFERENCES user(id));"
        "INSERT INTO user VALUES('u1','ada');"
        "INSERT INTO session VALUES('old-session',1900000000,'u1');"));
  }
  const std::string all =
      "SELECT (SELECT group_concat(sql) FROM sqlite_master WHERE tbl_name IN ('user','session'))"
      " || (SELECT group_concat(id||username) FROM user)"
      " || (SELECT group_concat(id||expires_at||user_id) FROM session)";
  const std::string before = value_or_fail(*open_plain(dir.file()), all);
  auto store = open_or_fail(dir.file());
  ASSERT_TRUE(insert_ok(*store, make_record(1)));
  ASSERT_TRUE(store->sessions().remove_user(*UserId::parse("u1"), {.now = kNow}));
  ASSERT_TRUE(store->sessions().prune(kNow + 10000 * kHour, 100));
  EXPECT_EQ(value_or_fail(*open_plain(dir.file()), all), before);
}

TEST(SqliteSchema, ConnectionsEnforceTheForeignKeysOfApplications) {
  TempDir dir;
  const auto connection = open_plain(dir.file());
  EXPECT_EQ(value_or_fail(*connection, "PRAGMA foreign_keys"), "1");
}

TEST(SqliteSchema, EverythingCanBeReadWithPlainSql) {
  TempDir dir;
  auto store = open_or_fail(dir.file());
  SessionRecord record = make_record(1);
  record.attributes = R"({"theme":"dark"})";
  ASSERT_TRUE(insert_ok(*store, record));
  const auto shell = open_plain(dir.file());
  EXPECT_EQ(value_or_fail(*shell,
                          "SELECT user_id || ' ' || (attributes->>'theme') || ' ' || "
                          "datetime(idle_expires_at/1000,'unixepoch') FROM latchkey_sessions"),
            "u1 dark 2027-01-16 08:00:00");
}

// A plan names the index it takes; a table that is walked through shows as SCAN.
std::string plan_of(Connection& connection, Sql sql) {
  std::string plan;
  const std::string text = "EXPLAIN QUERY PLAN " + std::string(sql_text(sql));
  const auto keep = [](void* out, int, char** columns, char**) {
    static_cast<std::string*>(out)->append(columns[3]).append("\n");
    return 0;
  };
  EXPECT_EQ(sqlite3_exec(connection.handle(), text.c_str(), keep, &plan, nullptr), SQLITE_OK)
      << text;
  return plan;
}

TEST(SqliteSchema, EveryStatementFindsItsRowsByAnIndex) {
  TempDir dir;
  const auto store = open_or_fail(dir.file());
  const auto connection = open_plain(dir.file());
  for (std::size_t i = 0; i < kSqlCount; ++i) {
    const auto sql = static_cast<Sql>(i);
    if (sql == Sql::list_keys || sql == Sql::delete_keys) continue;  // the whole ring is meant
    const std::string plan = plan_of(*connection, sql);
    EXPECT_EQ(plan.find("SCAN latchkey"), std::string::npos) << plan;
    for (const char* alias : {"s", "t", "u", "m", "e"}) {
      EXPECT_EQ(plan.find(std::string("SCAN ") + alias + "\n"), std::string::npos) << plan;
      EXPECT_EQ(plan.find(std::string("SCAN ") + alias + " "), std::string::npos) << plan;
    }
  }
  const std::string join = plan_of(*connection, Sql::find_session_with_user);
  EXPECT_NE(join.find("latchkey_sessions_by_id (<expr>=?)"), std::string::npos) << join;
  EXPECT_NE(join.find("SEARCH u USING PRIMARY KEY"), std::string::npos) << join;
  for (const Sql sql : {Sql::list_user_sessions, Sql::delete_user_sessions, Sql::bury_user_sessions,
                        Sql::idle_user_sessions}) {
    EXPECT_NE(plan_of(*connection, sql).find("latchkey_sessions_by_user (user_id=?)"),
              std::string::npos);
  }
  EXPECT_NE(plan_of(*connection, Sql::count_user_sessions).find("COVERING INDEX"),
            std::string::npos);
  EXPECT_NE(plan_of(*connection, Sql::prune_sessions).find("_by_idle_expires_at"),
            std::string::npos);
  EXPECT_NE(plan_of(*connection, Sql::prune_denials).find("latchkey_denied_by_until"),
            std::string::npos);
}

}  // namespace
}  // namespace latchkey::sqlite::testing
