#include "latchkey/sqlite.h"

#include <gtest/gtest.h>

#include "latchkey/testing/store_fixture.h"
#include "store/sqlite/test_support.h"

namespace latchkey::testing {
namespace {

class SqliteUnderTest final : public StoreUnderTest {
 public:
  Store& store() override { return *store_; }
  std::unique_ptr<Store> open_again() override {
    return sqlite::testing::open_or_fail(dir_.file());
  }

 private:
  sqlite::testing::TempDir dir_;
  std::unique_ptr<Store> store_ = sqlite::testing::open_or_fail(dir_.file());
};

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreSuite,
                         ::testing::Values(StoreFactory{
                             "Sqlite", [] { return std::make_unique<SqliteUnderTest>(); }}),
                         store_factory_name);

}  // namespace
}  // namespace latchkey::testing
