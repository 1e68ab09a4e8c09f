#include "base/periodic.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace latchkey {
namespace {

TEST(Periodic, WorksAgainAndAgain) {
  std::promise<void> thrice;
  std::atomic<int> calls{0};
  const Periodic periodic(Millis{1}, [&] {
    if (calls.fetch_add(1) == 2) thrice.set_value();
  });
  EXPECT_EQ(thrice.get_future().wait_for(std::chrono::seconds{30}), std::future_status::ready);
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
