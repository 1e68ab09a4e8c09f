#include "store/lucia/reader.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "store/sqlite/file/connection.h"
#include "tests/support/temp_directory.h"

namespace latchkey::sqlite {
namespace {

const std::string kToken = "k3jw7ujzxowmy4bgmagchmvwbofsjnnpc6gwhkqp";

class LuciaReaderTest : public ::testing::Test {
 protected:
  LuciaReaderTest() {
    create_empty();
    run(R"(CREATE TABLE user (id TEXT NOT NULL PRIMARY KEY, username TEXT);
           CREATE TABLE session (id TEXT NOT NULL PRIMARY KEY, expires_at INTEGER NOT NULL,
             user_id TEXT NOT NULL REFERENCES user(id), country TEXT, score REAL, seen INTEGER,
             raw BLOB);
           INSERT INTO user VALUES ('u1', 'ada'), (7, 'bob');)");
    run("INSERT INTO session VALUES ('" + kToken + "', 1800000000, 'u1', 'DE', 1.5, NULL, x'00')");
  }
  void create_empty() { sqlite3_open(options_.database.c_str(), &handle_); }
  ~LuciaReaderTest() override { sqlite3_close(handle_); }
  void run(const std::string& sql) {
    ASSERT_EQ(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(handle_);
  }
  std::unique_ptr<LuciaReader> open() {
    auto database = open_lucia_reader(options_);
    EXPECT_TRUE(database) << database.error().detail;
    return std::move(*database);
  }

  latchkey::testing::TempDirectory directory_;
  LuciaReaderOptions options_{
      .database = directory_.path() + "/app.db", .session_table = "session", .user_table = "user"};
  sqlite3* handle_ = nullptr;
};

TEST_F(LuciaReaderTest, ReadsARowWithItsExtraColumnsAsAttributes) {
  const auto row = open()->find(kToken);
  ASSERT_TRUE(row && *row);
  EXPECT_EQ((*row)->user_id.text(), "u1");
  EXPECT_EQ((*row)->expires_at, from_unix_millis(1'800'000'000'000));
  EXPECT_EQ((*row)->attributes, R"({"country":"DE","score":1.5,"seen":null})");
}

TEST_F(LuciaReaderTest, ASessionEndsOnce) {
  const auto database = open();
  EXPECT_TRUE(*database->remove(kToken));
  EXPECT_FALSE(*database->remove(kToken));
  EXPECT_FALSE(*database->find(kToken));
}

TEST_F(LuciaReaderTest, UnknownIdsAndSessionsWithoutAUserAreNone) {
  run("INSERT INTO session (id, expires_at, user_id) VALUES ('orphan', 1800000000, 'gone')");
  const auto database = open();
  EXPECT_FALSE(*database->find("orphan"));
  EXPECT_FALSE(*database->find("nothing"));
  EXPECT_FALSE(*database->find("' OR 1=1 --"));
}

TEST_F(LuciaReaderTest, NumericUsersAreUnderstood) {
  run("INSERT INTO session (id, expires_at, user_id) VALUES ('n', 1800000000, '7')");
  run("CREATE TABLE numbered (id TEXT PRIMARY KEY, expires_at INTEGER, user_id INTEGER);"
      "INSERT INTO numbered VALUES ('n', 1800000000, 7)");
  EXPECT_EQ((*open()->find("n"))->user_id.text(), "7");
  options_.session_table = "numbered";
  EXPECT_EQ((*open()->find("n"))->user_id.text(), "7");
}

TEST_F(LuciaReaderTest, HashedIdsAreFoundByTheHashOfTheToken) {
  run("INSERT INTO session (id, expires_at, user_id) VALUES "
      "('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 1800000000, 'u1')");
  options_.hashed_ids = true;
  const auto database = open();
  EXPECT_TRUE((*database->find("abc")).has_value());
  EXPECT_FALSE(*database->find(kToken)) << "an id in the table is no token";
  EXPECT_TRUE(*database->remove("abc"));
}

TEST_F(LuciaReaderTest, NamesOfTablesAreWhatTheyAre) {
  run(R"(CREATE TABLE "a ""b""" (id TEXT PRIMARY KEY, user_id TEXT, expires_at INTEGER);
         INSERT INTO "a ""b""" VALUES ('x', 'u1', 1800000000);)");
  options_.session_table = "a \"b\"";
  const auto row = open()->find("x");
  ASSERT_TRUE(row && *row);
  EXPECT_EQ((*row)->attributes, "{}");
}

TEST_F(LuciaReaderTest, AnotherSchemaIsRefusedAtOnce) {
  LuciaReaderOptions no_sessions = options_;
  no_sessions.session_table = "missing";
  LuciaReaderOptions no_users = options_;
  no_users.user_table = "missing";
  for (const LuciaReaderOptions& options : {no_sessions, no_users}) {
    const auto database = open_lucia_reader(options);
    ASSERT_FALSE(database);
    EXPECT_EQ(database.error().code, Errc::store_mismatch);
  }
  LuciaReaderOptions no_file = options_;
  no_file.database = directory_.path() + "/none.db";
  EXPECT_FALSE(open_lucia_reader(no_file));
  EXPECT_FALSE(std::filesystem::exists(directory_.path() + "/none.db")) << "it makes nothing";
}

}  // namespace
}  // namespace latchkey::sqlite
