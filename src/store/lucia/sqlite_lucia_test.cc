#include "store/lucia/sqlite_lucia.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include "store/sqlite/test_support.h"

namespace latchkey::sqlite {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::TempDir;

constexpr const char* kTables =
    "CREATE TABLE user(id TEXT NOT NULL PRIMARY KEY, username TEXT NOT NULL);"
    "CREATE TABLE session(id TEXT NOT NULL PRIMARY KEY, expires_at INTEGER NOT NULL,"
    " user_id TEXT NOT NULL, country TEXT, FOREIGN KEY(user_id) REFERENCES user(id));"
    "INSERT INTO user VALUES('u1','ada'),('u2','bob');";

void run_sql(const std::string& path, const char* sql) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(handle);
}

class SqliteLucia : public ::testing::Test {
 protected:
  void SetUp() override { run_sql(dir_.file(), kTables); }
  std::unique_ptr<LuciaTables> open(bool hashed = false, bool refuse_shared = false) {
    auto tables = LuciaTables::open(
        {.path = dir_.file(), .hashed_ids = hashed, .refuse_shared = refuse_shared});
    EXPECT_TRUE(tables) << tables.error().detail;
    return *std::move(tables);
  }
  static std::string shown(const LuciaView& view) {
    if (const auto* text = std::get_if<std::string_view>(&view)) return std::string(*text);
    if (const auto* number = std::get_if<std::int64_t>(&view)) return std::to_string(*number);
    return view.index() == 0 ? "NULL" : "?";
  }
  static std::vector<std::string> find(LuciaTables& tables, std::string_view id) {
    std::vector<std::string> row;
    const auto found = tables.find(id, [&](const LuciaShape& shape, auto views) {
      for (std::size_t i = 0; i < views.size(); ++i) {
        row.push_back(shape.names[i] + "=" + shown(views[i]));
      }
    });
    EXPECT_TRUE(found);
    return row;
  }
  static std::vector<std::string> list(LuciaTables& tables, const char* user) {
    std::vector<std::string> ids;
    const auto listed = tables.list(
        std::string(user), [&](const LuciaShape&, auto row) { ids.push_back(shown(row[0])); });
    EXPECT_TRUE(listed);
    return ids;
  }
  TempDir dir_;
};

TEST_F(SqliteLucia, OneStatementFindsTheSessionAndItsUser) {
  auto tables = open();
  ASSERT_TRUE(tables->insert("s1", std::string("u1"), 900, {{"country", std::string("us")}}));
  EXPECT_THAT(find(*tables, "s1"), ElementsAre("id=s1", "expires_at=900", "user_id=u1",
                                               "country=us", "id=u1", "username=ada"));
  EXPECT_THAT(find(*tables, "s2"), IsEmpty());
}

TEST_F(SqliteLucia, AColumnThatIsAddedLaterIsSeen) {
  auto tables = open();
  ASSERT_TRUE(tables->insert("s1", std::string("u1"), 900, {}));
  ASSERT_EQ(find(*tables, "s1").size(), 6U);
  run_sql(dir_.file(), "ALTER TABLE session ADD COLUMN device TEXT DEFAULT 'phone'");
  EXPECT_THAT(find(*tables, "s1"),
              ElementsAre("id=s1", "expires_at=900", "user_id=u1", "country=NULL", "device=phone",
                          "id=u1", "username=ada"));
}

TEST_F(SqliteLucia, ExtendDoesNotBringASessionBack) {
  auto tables = open();
  ASSERT_TRUE(tables->insert("s1", std::string("u1"), 900, {}));
  ASSERT_TRUE(tables->extend("s1", 1800));
  EXPECT_EQ(find(*tables, "s1")[1], "expires_at=1800");
  ASSERT_TRUE(*tables->remove("s1"));
  EXPECT_FALSE(*tables->remove("s1"));
  ASSERT_TRUE(tables->extend("s1", 2700));
  EXPECT_THAT(find(*tables, "s1"), IsEmpty());
}

TEST_F(SqliteLucia, AllSessionsOfAUserEndButOne) {
  auto tables = open();
  for (const char* id : {"a", "b", "c"}) {
    ASSERT_TRUE(tables->insert(id, std::string("u1"), 900, {}));
  }
  ASSERT_TRUE(tables->insert("d", std::string("u2"), 900, {}));
  ASSERT_TRUE(tables->remove_user(std::string("u1"), "b"));
  EXPECT_THAT(list(*tables, "u1"), ElementsAre("b"));
  ASSERT_TRUE(tables->remove_user(std::string("u1"), ""));
  EXPECT_THAT(list(*tables, "u1"), IsEmpty());
  EXPECT_THAT(list(*tables, "u2"), ElementsAre("d"));
}

TEST_F(SqliteLucia, ASessionEndsInTheVerySecondOfItsDeadline) {
  auto tables = open();
  ASSERT_TRUE(tables->insert("old", std::string("u1"), 900, {}));
  ASSERT_TRUE(tables->insert("new", std::string("u1"), 901, {}));
  ASSERT_TRUE(tables->remove_expired(900));
  EXPECT_THAT(list(*tables, "u1"), ElementsAre("new"));
}

TEST_F(SqliteLucia, ReservedAndUnknownColumnsAreRefused) {
  auto tables = open();
  for (const char* name : {"id", "user_id", "EXPIRES_AT", "none", "x\") --", "country` "}) {
    const auto refused = tables->insert("s1", std::string("u1"), 900, {{name, std::string("x")}});
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  }
  EXPECT_FALSE(tables->update("s1", {{"id", std::string("x")}}));
  EXPECT_THAT(list(*tables, "u1"), IsEmpty());
}

TEST_F(SqliteLucia, AttributesAreUpdatedInPlace) {
  auto tables = open();
  ASSERT_TRUE(tables->insert("s1", std::string("u1"), 900, {}));
  const auto updated = tables->update("s1", {{"country", std::string("de")}});
  ASSERT_TRUE(updated);
  EXPECT_TRUE(*updated);
  EXPECT_EQ(find(*tables, "s1")[3], "country=de");
  EXPECT_FALSE(*tables->update("s2", {{"country", std::string("de")}}));
}

TEST_F(SqliteLucia, ForeignKeysAreEnforcedAsBetterSqlite3Does) {
  auto tables = open();
  const auto refused = tables->insert("s1", std::string("nobody"), 900, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);
}

TEST_F(SqliteLucia, AHashOutOfTheTableEndsASessionButOpensNone) {
  auto tables = open(/*hashed=*/true);
  ASSERT_TRUE(tables->insert("s1", std::string("u1"), 900, {}));
  const std::string hash = list(*tables, "u1").at(0);
  EXPECT_EQ(hash, "e8bc163c82eee18733288c7d4ac636db3a6deb013ef2d37b68322be20edc45cc");
  EXPECT_EQ(find(*tables, "s1").size(), 6U);
  EXPECT_THAT(find(*tables, hash), IsEmpty());
  ASSERT_TRUE(tables->remove(hash));
  EXPECT_THAT(find(*tables, "s1"), IsEmpty());
}

TEST_F(SqliteLucia, TheIndexesLuciaLacksAreMadeOnce) {
  auto tables = open();
  EXPECT_TRUE(tables->add_indexes());
  EXPECT_TRUE(tables->add_indexes());
}

TEST_F(SqliteLucia, AMissingFileIsNotMade) {
  const auto tables = LuciaTables::open({.path = dir_.file("none.db")});
  ASSERT_FALSE(tables);
  EXPECT_EQ(tables.error().code, Errc::store_unavailable);
}

TEST_F(SqliteLucia, NothingIsWrittenBesideAnotherCopyOfSqlite) {
  auto tables = open(/*hashed=*/false, /*refuse_shared=*/true);
  const int other = ::open(dir_.file().c_str(), O_RDONLY);
  const auto refused = tables->insert("s1", std::string("u1"), 900, {});
  const auto opened = LuciaTables::open({.path = dir_.file(), .refuse_shared = true});
  ::close(other);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::sqlite_shared);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::sqlite_shared);
}

}  // namespace
}  // namespace latchkey::sqlite
