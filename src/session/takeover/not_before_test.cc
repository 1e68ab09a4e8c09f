#include "session/takeover/not_before.h"

#include <gtest/gtest.h>

namespace latchkey::session {
namespace {

constexpr UnixTime kJudgedAt = from_unix_millis(1'800'000'000'000);
constexpr Millis kLife = std::chrono::seconds{60};

SessionId id_of(int number) {
  const std::string digits = std::to_string(number);
  return *SessionId::parse(std::string(SessionId::kLength - digits.size(), 'x') + digits);
}
const UserId kUser = *UserId::parse("alice");

TEST(NotBefore, RefusesWhatWasTakenUntilTheChange) {
  NotBefore not_before(kLife);
  EXPECT_TRUE(not_before.allows(id_of(1), kUser, kJudgedAt));
  not_before.set(id_of(1), kJudgedAt);
  EXPECT_FALSE(not_before.allows(id_of(1), kUser, kJudgedAt - Millis{1}));
  EXPECT_FALSE(not_before.allows(id_of(1), kUser, kJudgedAt));
  EXPECT_TRUE(not_before.allows(id_of(1), kUser, kJudgedAt + Millis{1}));
  EXPECT_TRUE(not_before.allows(id_of(2), kUser, kJudgedAt));
}

TEST(NotBefore, AUserStandsForAllItsSessions) {
  NotBefore not_before(kLife);
  not_before.set(kUser, kJudgedAt);
  EXPECT_FALSE(not_before.allows(id_of(1), kUser, kJudgedAt));
  EXPECT_TRUE(not_before.allows(id_of(1), *UserId::parse("bob"), kJudgedAt));
  EXPECT_TRUE(not_before.allows(id_of(1), UserId{}, kJudgedAt));
}

TEST(NotBefore, AClockThatGoesBackMovesNothingBack) {
  NotBefore not_before(kLife);
  not_before.set(id_of(1), kJudgedAt);
  not_before.set(id_of(1), kJudgedAt - kLife);
  EXPECT_FALSE(not_before.allows(id_of(1), kUser, kJudgedAt));
}

TEST(NotBefore, ForgetsWhatIsOlderThanAnySnapshotAndNothingElse) {
  NotBefore not_before(kLife);
  not_before.set(id_of(1), kJudgedAt);
  const UnixTime later = kJudgedAt + 2 * kLife;
  for (int i = 2; i < 1100; ++i) not_before.set(id_of(i), later);
  EXPECT_FALSE(not_before.allows(id_of(1), kUser, kJudgedAt)) << "it may still be needed";
  for (int i = 1100; i < 9000; ++i) not_before.set(id_of(i), later + Millis{1});
  EXPECT_TRUE(not_before.allows(id_of(1), kUser, kJudgedAt));
  EXPECT_FALSE(not_before.allows(id_of(2), kUser, later));
}

}  // namespace
}  // namespace latchkey::session
