// The conformance suite over Redis and a cluster, alone and behind the near cache.
#include <gtest/gtest.h>

#include "latchkey/near_cache.h"
#include "latchkey/redis.h"
#include "latchkey/testing/store_fixture.h"
#include "tests/redis/cluster.h"
#include "tests/redis/server.h"

namespace latchkey::testing {
namespace {

std::unique_ptr<Store> open_or_fail(const RedisOptions& options) {
  auto store = open_redis(options);
  EXPECT_TRUE(store) << store.error().detail;
  return store ? std::move(*store) : nullptr;
}

class RedisUnderTest : public StoreUnderTest {
 public:
  bool asks_server() const override { return true; }
  explicit RedisUnderTest(const RedisOptions& options) : options_(options) {
    options_.prefix = next_prefix();
    options_.read_timeout = options_.write_timeout = std::chrono::seconds{20};
    store_ = open_or_fail(options_);
    ++open_;
  }
  ~RedisUnderTest() override { --open_; }
  // open tells how many there are.
  static int open() { return open_; }
  Store& store() override { return *store_; }
  std::unique_ptr<Store> open_again() override { return open_or_fail(options_); }
  bool takes_any_id() const override { return !options_.cluster; }

 private:
  static inline int open_ = 0;
  RedisOptions options_;
  std::unique_ptr<Store> store_;
};

class CachedRedisUnderTest final : public RedisUnderTest {
 public:
  using RedisUnderTest::RedisUnderTest;
  Store& store() override { return *cache_; }

 private:
  std::unique_ptr<NearCache> cache_ =
      make_near_cache(RedisUnderTest::store(), {.max_entries = 1'000'000});
};

template <class UnderTest>
StoreFactory on_server(const char* name) {
  return {name, [] { return std::make_unique<UnderTest>(shared_redis().options()); }};
}
template <class UnderTest>
StoreFactory on_cluster(const char* name) {
  return {name, [] {
            EXPECT_TRUE(shared_cluster().ready());
            if (RedisUnderTest::open() == 0) shared_cluster().empty();
            return std::make_unique<UnderTest>(shared_cluster().options());
          }};
}

// The near cache before a cluster is the one before a server, so that pair waits for the long run.
std::vector<StoreFactory> factories() {
  std::vector<StoreFactory> all{on_server<RedisUnderTest>("Redis"),
                                on_server<CachedRedisUnderTest>("RedisBehindNearCache"),
                                on_cluster<RedisUnderTest>("RedisCluster")};
  if (full_run()) all.push_back(on_cluster<CachedRedisUnderTest>("RedisClusterBehindNearCache"));
  return all;
}

INSTANTIATE_TEST_SUITE_P(Redis, StoreSuite, ::testing::ValuesIn(factories()), store_factory_name);

}  // namespace
}  // namespace latchkey::testing
