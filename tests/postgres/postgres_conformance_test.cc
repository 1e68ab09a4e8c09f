// The conformance suite over a real PostgreSQL server, alone, behind pgbouncer in
// transaction mode and behind the near cache.
#include <gtest/gtest.h>

#include "latchkey/near_cache.h"
#include "latchkey/testing/store_fixture.h"
#include "tests/postgres/pgbouncer.h"
#include "tests/postgres/postgres_under_test.h"

namespace latchkey::testing {
namespace {

// Schemas that no test uses at the moment: emptying one takes a tenth of making one.
std::vector<std::string>& free_schemas() {
  static std::vector<std::string> schemas;
  return schemas;
}

std::string take_schema() {
  std::vector<std::string>& schemas = free_schemas();
  if (schemas.empty()) return schema_in(cluster().new_schema_url());
  std::string schema = schemas.back();
  schemas.pop_back();
  return schema;
}

void give_back_schema(const std::string& schema) {
  std::string sql;
  for (const char* table : {"sessions", "tombstones", "users", "user_epochs", "denied", "counters",
                            "one_time_secrets", "events", "keys", "outbox"}) {
    sql += "DELETE FROM " + schema + ".latchkey_" + table + ";";
  }
  sql += "UPDATE " + schema + ".latchkey_meta SET value='0' WHERE key='keys_version'";
  EXPECT_EQ(cluster().run(sql), "");
  free_schemas().push_back(schema);
}

class PostgresUnderTest : public StoreUnderTest {
 public:
  bool asks_server() const override { return true; }
  explicit PostgresUnderTest(bool pooled = false) : pooled_(pooled) {}
  ~PostgresUnderTest() override {
    store_.reset();
    give_back_schema(schema_);
  }
  Store& store() override { return *store_; }
  std::unique_ptr<Store> open_again() override { return open(); }

 private:
  std::unique_ptr<Store> open() const {
    return open_or_fail(patient_options(pooled_ ? pooler().url("prepare=off&schema=" + schema_)
                                                : cluster().url("schema=" + schema_)));
  }

  const bool pooled_;
  const std::string schema_ = take_schema();
  std::unique_ptr<Store> store_ = open();
};

class CachedPostgresUnderTest final : public PostgresUnderTest {
 public:
  CachedPostgresUnderTest()
      : cache_(make_near_cache(PostgresUnderTest::store(),
                               {.max_entries = 1'000'000, .max_age = std::chrono::hours{1}})) {}
  Store& store() override { return *cache_; }

 private:
  std::unique_ptr<NearCache> cache_;
};

INSTANTIATE_TEST_SUITE_P(
    Postgres, StoreSuite,
    ::testing::Values(StoreFactory{"Plain", [] { return std::make_unique<PostgresUnderTest>(); }},
                      StoreFactory{"BehindPooler",
                                   [] { return std::make_unique<PostgresUnderTest>(true); }},
                      StoreFactory{"BehindNearCache",
                                   [] { return std::make_unique<CachedPostgresUnderTest>(); }}),
    store_factory_name);

}  // namespace
}  // namespace latchkey::testing
