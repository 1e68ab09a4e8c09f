#include "session/not_before.h"

#include <gtest/gtest.h>

namespace latchkey::session {
namespace {

constexpr UnixTime kNow = from_unix_millis(1'800'000'000'000);
constexpr Millis kLife = std::chrono::seconds{60};

SessionId id_of(int number) {
  const std::string digits = std::to_string(number);
  return *SessionId::parse(std::string(SessionId::kLength - digits.size(), 'x') + digits);
}
const UserId kUser = *UserId::parse("alice");

TEST(NotBefore, RefusesWhatWasTakenUntilTheChange) {
  NotBefore not_before(kLife);
  EXPECT_TRUE(not_before.allows(id_of(1), kUser, kNow));
  not_before.set(id_of(1), kNow);
  EXPECT_FALSE(not_before.allows(id_of(1), kUser, kNow - Millis{1}));
  EXPECT_FALSE(not_before.allows(id_of(1), kUser, kNow));
  EXPECT_TRUE(not_before.allows(id_of(1), kUser, kNow + Millis{1}));
  EXPECT_TRUE(not_before.allows(id_of(2), kUser, kNow));
}

TEST(NotBefore, AUserStandsForAllItsSessions) {
  NotBefore not_before(kLife);
  not_before.set(kUser, kNow);
  EXPECT_FALSE(not_before.allows(id_of(1), kUser, kNow));
  EXPECT_TRUE(not_before.allows(id_of(1), *UserId::parse("bob"), kNow));
  EXPECT_TRUE(not_before.allows(id_of(1), UserId{}, kNow));
}

TEST(NotBefore, AClockThatGoesBackMovesNothingBack) {
  NotBefore not_before(kLife);
  not_before.set(id_of(1), kNow);
  not_before.set(id_of(1), kNow - kLife);
  EXPECT_FALSE(not_before.allows(id_of(1), kUser, kNow));
}

TEST(NotBefore, ForgetsWhatIsOlderThanAnySnapshotAndNothingElse) {
  NotBefore not_before(kLife);
  not_before.set(id_of(1), kNow);
  const UnixTime later = kNow + 2 * kLife;
  for (int i = 2; i < 1100; ++i) not_before.set(id_of(i), later);
  EXPECT_FALSE(not_before.allows(id_of(1), kUser, kNow)) << "it may still be needed";
  for (int i = 1100; i < 9000; ++i) not_before.set(id_of(i), later + Millis{1});
  EXPECT_TRUE(not_before.allows(id_of(1), kUser, kNow));
  EXPECT_FALSE(not_before.allows(id_of(2), kUser, later));
}

}  // namespace
}  // namespace latchkey::session
