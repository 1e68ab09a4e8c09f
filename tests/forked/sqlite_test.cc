// A process that forks with a store open (F11).
#include <gtest/gtest.h>

#include "latchkey/sqlite.h"
#include "store/lucia/sqlite_lucia.h"
#include "store/sqlite/test_support.h"
#include "tests/support/forked.h"

namespace latchkey::sqlite::testing {
namespace {

using latchkey::testing::fork_under_load;
using latchkey::testing::in_child;
using latchkey::testing::refuses;

TEST(SqliteFork, F11AChildIsRefusedAtOnceAndTakesNothingFromItsParent) {
  TempDir dir;
  auto store = open_or_fail(dir.file());
  store->sessions().watch([](const Invalidation&) {});
  ASSERT_TRUE(insert_ok(*store, make_record(1)));
  EXPECT_EQ(fork_under_load(store), 0) << "calls that answered, or -14: it hung";
  for (const char* suffix : {"", "-wal", "-shm"}) {
    EXPECT_TRUE(std::filesystem::exists(dir.file() + suffix)) << suffix;
  }
  EXPECT_TRUE(find_or_fail(*store, make_id(1)).record);
  EXPECT_TRUE(insert_ok(*store, make_record(2)));
}

TEST(SqliteFork, F11AChildCannotOpenWhatItsParentHasOpenAndMayOpenAnother) {
  TempDir dir;
  auto store = open_or_fail(dir.file());
  ASSERT_TRUE(insert_ok(*store, make_record(1)));
  EXPECT_EQ(in_child([&] {
              if (!refuses(open_sqlite({.path = dir.file()}))) return 1;
              if (!refuses(LuciaTables::open({.path = dir.file()}))) return 2;
              const auto own = open_sqlite({.path = dir.file("childs.db")});
              if (!own) return 3;
              const auto made = (*own)->sessions().insert(make_record(1), {.now = kNow});
              return made && made->status == InsertStatus::inserted ? 0 : 4;
            }),
            0);
  store.reset();
  EXPECT_EQ(in_child([&] {
              const auto again = open_sqlite({.path = dir.file()});
              if (!again) return 1;
              const SessionId id = make_id(1);
              const auto found = (*again)->sessions().find({&id, 1}, {});
              return found && (*found)[0].record ? 0 : 2;
            }),
            0)
      << "what was closed before fork() is anybody's";
}

TEST(SqliteFork, F11TablesOfLuciaAreRefusedToo) {
  TempDir dir;
  ASSERT_TRUE(
      open_plain(dir.file())
          ->exec("CREATE TABLE user(id TEXT PRIMARY KEY); CREATE TABLE session(id TEXT PRIMARY KEY,"
                 "user_id TEXT,expires_at INTEGER)"));
  auto tables = LuciaTables::open({.path = dir.file()});
  ASSERT_TRUE(tables) << tables.error().detail;
  EXPECT_EQ(in_child([&] {
              const LuciaSink sink = [](const LuciaShape&, std::span<const LuciaView>) {};
              const bool refused = refuses((*tables)->find("x", sink)) &&
                                   refuses((*tables)->insert("x", std::string("u"), 1, {})) &&
                                   refuses((*tables)->list(std::string("u"), sink)) &&
                                   refuses((*tables)->remove("x"));
              tables->reset();
              return refused ? 0 : 1;
            }),
            0);
  EXPECT_TRUE((*tables)->remove("x"));
}

}  // namespace
}  // namespace latchkey::sqlite::testing
