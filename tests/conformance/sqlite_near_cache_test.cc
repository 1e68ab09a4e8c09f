// The conformance suite over the pair that `latchkey serve` runs: SQLite behind the near cache.
#include <gtest/gtest.h>

#include <filesystem>

#include "latchkey/near_cache.h"
#include "latchkey/sqlite.h"
#include "latchkey/testing/store_fixture.h"
#include "tests/support/temp_directory.h"

namespace latchkey::testing {
namespace {

class CachedSqliteUnderTest final : public StoreUnderTest {
 public:
  Store& store() override { return *cache_; }
  std::unique_ptr<Store> open_again() override { return open(); }

 private:
  std::unique_ptr<Store> open() const {
    auto store = open_sqlite({.path = directory_.path() + "/sessions.db"});
    EXPECT_TRUE(store) << store.error().detail;
    return std::move(*store);
  }

  TempDirectory directory_;
  std::unique_ptr<Store> inner_ = open();
  std::unique_ptr<NearCache> cache_ =
      make_near_cache(*inner_, {.max_entries = 1'000'000, .max_age = std::chrono::hours{1}});
};

INSTANTIATE_TEST_SUITE_P(SqliteBehindNearCache, StoreSuite,
                         ::testing::Values(StoreFactory{
                             "SqliteBehindNearCache",
                             [] { return std::make_unique<CachedSqliteUnderTest>(); }}),
                         store_factory_name);

}  // namespace
}  // namespace latchkey::testing
