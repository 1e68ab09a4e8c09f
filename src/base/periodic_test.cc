#include "base/periodic.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace latchkey {
namespace {

TEST(Periodic, WorksAgainAndAgain) {
  std::latch thrice(3);
  std::atomic<int> calls{0};
  const Periodic periodic(Millis{1}, [&] {
    if (calls.fetch_add(1) < 3) thrice.count_down();
  });
  thrice.wait();
}

TEST(Periodic, EndsAtOnceHoweverLongItWouldWait) {
  std::atomic<int> calls{0};
  {
    const Periodic periodic(std::chrono::hours{24}, [&] { ++calls; });
  }
  EXPECT_EQ(calls.load(), 0);
}

}  // namespace
}  // namespace latchkey
