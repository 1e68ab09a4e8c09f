#include "latchkey/memory.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "latchkey/store/forwarding_store.h"
#include "latchkey/testing/store_fixture.h"

namespace latchkey::testing {
namespace {

class MemoryUnderTest final : public StoreUnderTest {
 public:
  Store& store() override { return *store_; }
  std::unique_ptr<Store> open_again() override {
    return std::make_unique<ForwardingStore>(*store_);
  }

 private:
  std::unique_ptr<Store> store_ = std::move(*make_memory_store());
};

INSTANTIATE_TEST_SUITE_P(Memory, StoreSuite,
                         ::testing::Values(StoreFactory{
                             "Memory", [] { return std::make_unique<MemoryUnderTest>(); }}),
                         store_factory_name);

// CountedEntropy gives `good` calls and then fails.
class CountedEntropy final : public Entropy {
 public:
  explicit CountedEntropy(int good) : good_(good) {}
  Result<void> fill(std::span<std::uint8_t> out) override {
    if (good_-- <= 0) return Error{Errc::entropy_unavailable, "test"};
    std::fill(out.begin(), out.end(), std::uint8_t{7});
    return {};
  }

 private:
  int good_;
};

TEST(MemoryStore, IsNotMadeWithoutEntropy) {
  for (const int good : {0, 1}) {
    CountedEntropy entropy(good);
    const auto store = make_memory_store(entropy);
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, Errc::entropy_unavailable);
  }
  CountedEntropy enough(2);
  const auto store = make_memory_store(enough);
  ASSERT_TRUE(store);
  EXPECT_EQ((*store)->meta().meta()->slot_key[31], 7);
}

}  // namespace
}  // namespace latchkey::testing
