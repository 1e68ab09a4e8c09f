// A process that forks with a store open (F11).
#include "tests/support/forked.h"

#include <gtest/gtest.h>

#include "store/postgres/lucia/lucia.h"
#include "tests/postgres/heard.h"
#include "tests/postgres/postgres_under_test.h"
#include "tests/postgres/records.h"

namespace latchkey::testing {
namespace {

TEST(PostgresFork, F11AChildIsRefusedAtOnceAndMayOpenItsOwn) {
  const PostgresOptions options = patient_options(cluster().new_schema_url());
  auto store = open_or_fail(options);
  {
    Heard heard(*store);
    ASSERT_TRUE(heard.wait_for_everything());
    EXPECT_EQ(fork_under_load(store), 0) << "calls that answered, or -14: it hung";
  }
  const SessionRecord record = record_number(1, user_named("ann"));
  EXPECT_TRUE(store->sessions().insert(record, {.now = kBegin}))
      << "the parent's connections stand";
  EXPECT_EQ(in_child([&] {
              const auto own = open_postgres(options);
              return own && (*own)->meta().check() ? 0 : 1;
            }),
            0);
}

TEST(PostgresFork, F11TablesOfLuciaAreRefusedToo) {
  ASSERT_EQ(cluster().run("CREATE TABLE fork_user(id text PRIMARY KEY);"
                          "CREATE TABLE fork_session(id text PRIMARY KEY, user_id text, "
                          "expires_at timestamptz)"),
            "");
  auto tables = postgres::LuciaTables::open(
      {.url = cluster().url(), .session_table = "fork_session", .user_table = "fork_user"});
  ASSERT_TRUE(tables) << tables.error().detail;
  EXPECT_EQ(in_child([&] {
              const bool refused =
                  refuses((*tables)->find_session("x")) && refuses((*tables)->remove("x"));
              tables->reset();
              return refused ? 0 : 1;
            }),
            0);
  EXPECT_TRUE((*tables)->remove("x"));
}

}  // namespace
}  // namespace latchkey::testing
