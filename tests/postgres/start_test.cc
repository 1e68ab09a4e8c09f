// What would fail later is found when a store is opened, with what to do about it (F18).
#include <gtest/gtest.h>

#include "latchkey/store/scan_store.h"
#include "tests/postgres/postgres_under_test.h"
#include "tests/postgres/records.h"

namespace latchkey::testing {
namespace {

class PostgresStart : public ::testing::Test {
 protected:
  PostgresStart() {
    cluster().run("DROP ROLE IF EXISTS app");
    EXPECT_EQ(cluster().run("CREATE ROLE app LOGIN; GRANT CREATE ON DATABASE postgres TO app"), "");
  }
  ~PostgresStart() override {
    cluster().run("DROP OWNED BY app CASCADE");
    cluster().run("DROP ROLE app");
  }
  static std::string as_app(std::string url) {
    return url.replace(url.find("latchkey@"), 9, "app@");
  }
  static void expect_named(const Error& error, const std::string& text) {
    EXPECT_NE(error.detail.find(text), std::string::npos) << error.detail;
  }
  // make_tables lets the superuser make them, and gives the role what the page names.
  void make_tables() {
    EXPECT_TRUE(open_or_fail(patient_options(url_)));
    EXPECT_EQ(cluster().run("GRANT USAGE ON SCHEMA " + schema_ +
                            " TO app; GRANT SELECT, INSERT, "
                            "UPDATE, DELETE ON ALL TABLES IN SCHEMA " +
                            schema_ + " TO app"),
              "");
  }

  const std::string url_ = cluster().new_schema_url();
  const std::string schema_ = schema_in(url_);
  const SessionRecord record_ = record_number(1, user_named("ann"));
};

TEST_F(PostgresStart, F18SettingsOfTheRoleThatCanBeOverruledJustWork) {
  for (const char* setting :
       {"default_transaction_isolation='serializable'",
        "default_transaction_isolation='repeatable read'", "statement_timeout='5ms'",
        "search_path='pg_catalog'", "search_path=''", "lock_timeout='1ms'",
        "default_transaction_deferrable=on", "datestyle='SQL, DMY'", "bytea_output='escape'"}) {
    ASSERT_EQ(cluster().run(std::string("ALTER ROLE app SET ") + setting), "");
    const auto store = open_or_fail(patient_options(as_app(cluster().new_schema_url())));
    ASSERT_NE(store, nullptr) << setting;
    const auto inserted = store->sessions().insert(record_, {.now = kBegin});
    EXPECT_TRUE(inserted) << setting << ": " << inserted.error().detail;
    const auto found = store->sessions().find({&record_.id, 1}, {});
    ASSERT_TRUE(found) << setting << ": " << found.error().detail;
    EXPECT_EQ((*found)[0].record, record_) << setting;
    cluster().run("ALTER ROLE app RESET ALL");
  }
}

TEST_F(PostgresStart, F18ARoleThatMayOnlyReadIsRefusedAndServesToBeCopiedFrom) {
  make_tables();
  ASSERT_EQ(cluster().run("ALTER ROLE app SET default_transaction_read_only=on"), "");
  PostgresOptions options = patient_options(as_app(url_));
  const Error error = open_error(options);
  EXPECT_EQ(error.code, Errc::store_read_only);
  expect_named(error, "default_transaction_read_only");
  options.read_only = true;
  options.create = false;
  const auto copied_from = open_or_fail(options);
  EXPECT_TRUE(copied_from->scan()->scan(ScanKind::sessions, "", 10));
}

TEST_F(PostgresStart, F18MissingRightsAreNamed) {
  make_tables();
  const PostgresOptions options = patient_options(as_app(url_));
  EXPECT_TRUE(open_or_fail(options)) << "what the page names is enough";
  const auto without = [&](const std::string& right) {
    EXPECT_EQ(cluster().run("REVOKE " + right), "");
    return open_error(options);
  };
  const Error insert = without("INSERT ON " + schema_ + ".latchkey_users FROM app");
  EXPECT_EQ(insert.code, Errc::store_read_only);
  expect_named(insert, "INSERT on latchkey_users");
  cluster().run("GRANT INSERT ON " + schema_ + ".latchkey_users TO app");
  const Error execute = without("EXECUTE ON ALL FUNCTIONS IN SCHEMA " + schema_ + " FROM PUBLIC");
  expect_named(execute, "EXECUTE on latchkey_");
  const Error usage = without("USAGE ON SCHEMA " + schema_ + " FROM app");
  EXPECT_EQ(usage.code, Errc::store_read_only);
  expect_named(usage, "GRANT");
}

TEST_F(PostgresStart, F18WhoMayNotMakeTheTablesIsTold) {
  ASSERT_EQ(
      cluster().run("CREATE SCHEMA " + schema_ + "; GRANT USAGE ON SCHEMA " + schema_ + " TO app"),
      "");
  const Error error = open_error(patient_options(as_app(url_)));
  EXPECT_EQ(error.code, Errc::store_read_only);
  expect_named(error, "GRANT CREATE ON SCHEMA");
}

}  // namespace
}  // namespace latchkey::testing
