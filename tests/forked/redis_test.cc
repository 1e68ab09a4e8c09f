// A process that forks with a store open (F11).
#include "tests/support/forked.h"

#include <gtest/gtest.h>

#include "latchkey/near_cache.h"
#include "latchkey/testing/store_fixture.h"
#include "tests/redis/server.h"

namespace latchkey::testing {
namespace {

TEST(RedisFork, F11AChildIsRefusedAtOnceAndMayOpenItsOwn) {
  RedisOptions options = shared_redis().options();
  options.prefix = next_prefix();
  auto store = must(open_redis(options));
  store->sessions().watch([](const Invalidation&) {});
  EXPECT_EQ(fork_under_load(store), 0) << "calls that answered, or -14: it hung";
  EXPECT_TRUE(store->meta().check()) << "the parent's connection stands";
  EXPECT_EQ(in_child([&] {
              const auto own = open_redis(options);
              return own && (*own)->meta().check() ? 0 : 1;
            }),
            0);
}

TEST(RedisFork, F11ANearCacheInAChildAnswersNothing) {
  RedisOptions options = shared_redis().options();
  options.prefix = next_prefix();
  const auto store = must(open_redis(options));
  std::unique_ptr<Store> cache = make_near_cache(*store, {});
  EXPECT_EQ(fork_under_load(cache), 0);
  EXPECT_TRUE(cache->meta().check());
}

}  // namespace
}  // namespace latchkey::testing
