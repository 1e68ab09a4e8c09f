// F16: what the probes of a store ask, and what /readyz makes of it.
#include "http/readiness.h"

#include <gtest/gtest.h>

#include <atomic>

#include "latchkey/faulty.h"
#include "latchkey/memory.h"

namespace latchkey::testing {
namespace {

constexpr int kNothing = -1;
std::atomic<int> broken_call{kNothing};

Fault break_one(StoreCall call, std::uint64_t) {
  return static_cast<int>(call) == broken_call ? Fault::fail_before : Fault::none;
}

class ReadinessProbe : public ::testing::Test {
 protected:
  ReadinessProbe() { broken_call = kNothing; }
  static void break_call(StoreCall call) { broken_call = static_cast<int>(call); }

  std::unique_ptr<Store> memory = std::move(*make_memory_store());
  std::unique_ptr<Store> store = make_faulty_store(*memory, break_one);
  http::Readiness readiness{*store};
};

TEST_F(ReadinessProbe, FindsNothingWrongWithAStoreThatWorks) {
  readiness.probe();
  EXPECT_EQ(readiness.failures().reads, 0U);
  EXPECT_EQ(readiness.failures().writes, 0U);
  EXPECT_FALSE(readiness.cause());
}

TEST_F(ReadinessProbe, F16AReadThatFailsIsCountedAndNoWriteIsTriedAfterIt) {
  break_call(StoreCall::check);
  readiness.probe();
  readiness.probe();
  EXPECT_EQ(readiness.failures().reads, 2U);
  EXPECT_EQ(readiness.failures().writes, 0U);
  EXPECT_FALSE(readiness.cause()) << "one moment is no outage";
}

// Redis takes denials when its memory is full, and refuses touches; a full disk refuses both.
TEST_F(ReadinessProbe, F16AWriteOfEitherKindThatFailsIsCountedAndTriedAgainAtOnce) {
  for (const StoreCall call : {StoreCall::deny, StoreCall::touch}) {
    http::Readiness fresh(*store);
    break_call(call);
    fresh.probe();
    fresh.probe();
    EXPECT_EQ(fresh.failures().writes, 2U);
    EXPECT_EQ(fresh.failures().reads, 0U);
  }
}

TEST_F(ReadinessProbe, F16WritesThatSucceedAreNotRepeatedEachTime) {
  readiness.probe();
  break_call(StoreCall::deny);
  readiness.probe();
  EXPECT_EQ(readiness.failures().writes, 0U) << "it is not due yet";
}

TEST_F(ReadinessProbe, F16TheProbeLeavesNothingBehindThatAnybodySees) {
  readiness.probe();
  const auto standing = memory->denials().standing("AAAAAAAAAAAAAAAAAAAAAAA", UserId{});
  ASSERT_TRUE(standing);
  EXPECT_FALSE(standing->denied);
  const auto later = system_clock().now() + std::chrono::hours{26};
  const auto pruned = memory->denials().prune_denials(later, 10);
  ASSERT_TRUE(pruned);
  EXPECT_EQ(*pruned, 1U);
}

}  // namespace
}  // namespace latchkey::testing
