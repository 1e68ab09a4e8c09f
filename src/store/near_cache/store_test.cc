// The near cache keeps the whole contract of the store it stands before.
#include <gtest/gtest.h>

#include "latchkey/memory.h"
#include "latchkey/near_cache.h"
#include "latchkey/store/forwarding_store.h"
#include "latchkey/testing/store_fixture.h"

namespace latchkey::testing {
namespace {

class CachedUnderTest final : public StoreUnderTest {
 public:
  explicit CachedUnderTest(const NearCacheOptions& options)
      : cache_(make_near_cache(*inner_, options)) {}
  Store& store() override { return *cache_; }
  std::unique_ptr<Store> open_again() override {
    return std::make_unique<ForwardingStore>(*inner_);
  }

 private:
  std::unique_ptr<Store> inner_ = std::move(*make_memory_store());
  std::unique_ptr<NearCache> cache_;
};

StoreFactory factory(const char* name, const NearCacheOptions& options) {
  return {name, [options] { return std::make_unique<CachedUnderTest>(options); }};
}

constexpr Millis kLong = std::chrono::hours{1};

INSTANTIATE_TEST_SUITE_P(
    NearCache, StoreSuite,
    ::testing::Values(factory("Large", {.max_entries = 1'000'000, .max_age = kLong}),
                      factory("Tiny", {.max_entries = 3, .max_age = kLong}),
                      factory("None", {.max_entries = 0, .max_age = kLong}),
                      factory("WithoutUsers", {.max_age = kLong, .cache_users = false})),
    store_factory_name);

}  // namespace
}  // namespace latchkey::testing
