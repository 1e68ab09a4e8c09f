// Lucia's own tables on a real server: read, and written, as they are.
#include "store/postgres/lucia/lucia.h"

#include <gtest/gtest.h>

#include "tests/postgres/cluster.h"
#include "tests/postgres/pgbouncer.h"

namespace latchkey::postgres {
namespace {

using testing::cluster;

const std::string kToken = "k3jw7ujzxowmy4bgmagchmvwbofsjnnpc6gwhkqp";

class PostgresLucia : public ::testing::Test {
 protected:
  PostgresLucia() {
    run("CREATE SCHEMA " + schema_);
    run("CREATE TABLE " + schema_ + ".auth_user(id TEXT PRIMARY KEY, username TEXT)");
    run("CREATE TABLE " + schema_ +
        ".user_session(id TEXT PRIMARY KEY, expires_at TIMESTAMPTZ NOT NULL, user_id TEXT NOT NULL "
        "REFERENCES " +
        schema_ + ".auth_user(id), country TEXT, score REAL, seen INTEGER)");
    run("INSERT INTO " + schema_ + ".auth_user VALUES('u1', 'ada')");
  }
  static void run(const std::string& sql) {
    const std::string said = cluster().run(sql);
    EXPECT_FALSE(said.starts_with("error: ")) << said;
  }
  std::string count(const std::string& where) const {
    return cluster().run("SELECT count(*) FROM " + schema_ + ".user_session WHERE " + where);
  }
  LuciaOptions options() const {
    return {.url = cluster().url(),
            .session_table = schema_ + ".user_session",
            .user_table = schema_ + ".auth_user",
            .read_timeout = std::chrono::seconds{20},  // a loaded machine keeps them, too
            .write_timeout = std::chrono::seconds{20},
            .connect_timeout = std::chrono::seconds{20}};
  }
  std::unique_ptr<LuciaTables> open(const LuciaOptions& options) const {
    auto tables = LuciaTables::open(options);
    EXPECT_TRUE(tables) << tables.error().detail;
    return std::move(*tables);
  }

  static inline int schemas_ = 0;
  const std::string schema_ = "lucia_" + std::to_string(++schemas_);
};

TEST_F(PostgresLucia, ARowIsReadWithItsUserAndItsExtraColumns) {
  run("INSERT INTO " + schema_ + ".user_session VALUES('" + kToken +
      "', '2027-01-15 09:00:00.5+01', 'u1', 'DE', 1.5, NULL)");
  const auto tables = open(options());
  const auto session = tables->find_session(kToken);
  ASSERT_TRUE(session && *session);
  EXPECT_EQ((*session)->user_id.text(), "u1");
  EXPECT_EQ((*session)->expires_at, from_unix_millis(1'800'000'000'500));
  EXPECT_EQ((*session)->attributes, R"({"seen": null, "score": 1.5, "country": "DE"})");
  const auto row = tables->find(kToken);
  ASSERT_TRUE(row);
  ASSERT_EQ(row->rows.size(), 1);
  EXPECT_EQ(row->session_columns, 6);
  EXPECT_EQ(row->rows.text(0, 8), "ada");
  EXPECT_FALSE(*tables->find_session("other"));
}

TEST_F(PostgresLucia, EndlessSessionsAndThoseOfLongAgoAreReadAsWhatTheyAre) {
  const auto insert = [&](const std::string& id, const std::string& end) {
    run("INSERT INTO " + schema_ + ".user_session(id, expires_at, user_id) VALUES('" + id + "', '" +
        end + "', 'u1')");
  };
  insert("endless", "infinity");
  insert("never", "-infinity");
  insert("far", "9000-01-01Z");
  const auto tables = open(options());
  EXPECT_EQ((*tables->find_session("endless"))->expires_at, kNever);
  EXPECT_LT((*tables->find_session("never"))->expires_at, from_unix_millis(1));
  EXPECT_LE((*tables->find_session("far"))->expires_at, kNever);
}

TEST_F(PostgresLucia, ADateStyleOfTheServerDoesNotChangeWhatIsRead) {
  run("INSERT INTO " + schema_ + ".user_session VALUES('s', '2027-02-03 04:05:06Z', 'u1')");
  LuciaOptions german = options();
  german.url += german.url.find('?') == std::string::npos ? "?" : "&";
  german.url += "options=-c%20datestyle%3DGerman%20-c%20timezone%3DUTC";
  const auto row = open(german)->find("s");
  ASSERT_TRUE(row);
  EXPECT_EQ(row->rows.text(0, 1), "2027-02-03 04:05:06+00");
}

TEST_F(PostgresLucia, WritesChangeWhatTheyNameAndRefuseWhatTheTableForbids) {
  const auto tables = open(options());
  ASSERT_TRUE(tables->insert("s1", "u1", "2027-01-01Z", {{"country", "de"}, {"seen", "7"}}));
  ASSERT_TRUE(tables->insert("s2", "u1", "2027-01-01Z", {{"country", std::nullopt}}));
  const auto refused = [](const auto& result) {
    return !result && result.error().code == Errc::invalid_argument;
  };
  EXPECT_TRUE(refused(tables->insert("s1", "u1", "2027-01-01Z", {}))) << "the id is taken";
  EXPECT_TRUE(refused(tables->insert("s3", "nobody", "2027-01-01Z", {}))) << "no such user";
  EXPECT_TRUE(refused(tables->insert("s3", "u1", "2027-01-01Z", {{"no\"such", "1"}})));
  EXPECT_TRUE(refused(tables->insert("s3", "u1", "2027-01-01Z", {{"seen", "x"}})));
  EXPECT_TRUE(*tables->update("s1", {{"seen", "8"}}));
  EXPECT_FALSE(*tables->update("gone", {{"seen", "8"}}));
  EXPECT_EQ(count("id = 's1' AND seen = 8 AND country = 'de'"), "1");
  ASSERT_TRUE(tables->extend("s1", "2028-01-01Z"));
  ASSERT_TRUE(tables->extend("gone", "2028-01-01Z"));
  EXPECT_EQ(count("expires_at = '2028-01-01Z'"), "1");
  ASSERT_TRUE(tables->remove_expired("2027-06-01Z"));
  EXPECT_EQ(count("true"), "1");
  ASSERT_TRUE(tables->insert("s4", "u1", "2029-01-01Z", {}));
  ASSERT_TRUE(tables->remove_user("u1", "s4"));
  EXPECT_EQ(count("id = 's4'"), "1");
  EXPECT_TRUE(*tables->remove("s4"));
  EXPECT_FALSE(*tables->remove("s4"));
  ASSERT_TRUE(tables->add_indexes());
  ASSERT_TRUE(tables->add_indexes());
}

TEST_F(PostgresLucia, HashedIdsOpenNothingThemselves) {
  LuciaOptions hashed = options();
  hashed.hashed_ids = true;
  const auto tables = open(hashed);
  ASSERT_TRUE(tables->insert(kToken, "u1", "2027-01-01Z", {}));
  const std::string listed{tables->list("u1")->rows.text(0, 0)};
  EXPECT_EQ(listed.size(), 64U);
  EXPECT_FALSE(*tables->find_session(listed));
  EXPECT_TRUE(*tables->find_session(kToken));
  EXPECT_TRUE(*tables->remove(listed));
}

TEST_F(PostgresLucia, AMissingTableIsSaidWhenItIsOpened) {
  LuciaOptions wrong = options();
  wrong.session_table = schema_ + ".nothing";
  const auto tables = LuciaTables::open(wrong);
  ASSERT_FALSE(tables);
  EXPECT_EQ(tables.error().code, Errc::store_mismatch);
  wrong = options();
  wrong.url = "postgres://latchkey@127.0.0.1:1/postgres";
  EXPECT_EQ(LuciaTables::open(wrong).error().code, Errc::store_unavailable);
}

TEST_F(PostgresLucia, ALostConnectionIsMadeAgain) {
  const auto tables = open(options());
  ASSERT_TRUE(tables->insert("s1", "u1", "2027-01-01Z", {}));
  run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
      "backend_type = 'client backend'");
  EXPECT_TRUE(*tables->find_session("s1"));
}

TEST_F(PostgresLucia, ItWorksBehindAPoolerInTransactionMode) {
  LuciaOptions pooled = options();
  pooled.url = testing::pooler().url("prepare=off");
  const auto tables = open(pooled);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(tables->insert("s" + std::to_string(i), "u1", "2027-01-01Z", {{"seen", "1"}}));
    EXPECT_TRUE(*tables->find_session("s" + std::to_string(i)));
  }
}

}  // namespace
}  // namespace latchkey::postgres
