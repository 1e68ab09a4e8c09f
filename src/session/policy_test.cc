#include "latchkey/policy.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr UnixTime kStart = from_unix_millis(1'800'000'000'000);
constexpr Millis kTick{1};

SessionRecord made(const Policy& policy, SessionKind kind = SessionKind::remembered) {
  const Lifetime life = lifetime_of(kind, kStart, policy);
  SessionRecord record;
  record.created_at = record.authenticated_at = record.last_seen_at = kStart;
  record.idle = life.idle;
  record.idle_expires_at = life.idle_expires_at;
  record.absolute_expires_at = life.absolute_expires_at;
  record.persistent = life.persistent;
  return record;
}

TEST(Policy, R15TheIdleDeadlineIsDeadAtItsMillisecond) {
  const SessionRecord record = made({});
  const Policy policy;
  EXPECT_EQ(judge(record, kStart + days{14} - kTick, policy).liveness, Liveness::active);
  EXPECT_EQ(judge(record, kStart + days{14}, policy).liveness, Liveness::idle_expired);
  EXPECT_EQ(judge(record, kStart + days{14} + kTick, policy).liveness, Liveness::idle_expired);
}

TEST(Policy, R16ActivityNeverPassesTheAbsoluteDeadline) {
  const Policy policy;
  SessionRecord record = made(policy);
  for (UnixTime now = kStart; now < kStart + days{30}; now += days{7}) {
    const Judgement judgement = judge(record, now, policy);
    ASSERT_EQ(judgement.liveness, Liveness::active);
    record.idle_expires_at = judgement.idle_expires_at;
    record.last_seen_at = now;
  }
  EXPECT_EQ(record.idle_expires_at, kStart + days{30});
  EXPECT_EQ(judge(record, kStart + days{30} - kTick, policy).liveness, Liveness::active);
  EXPECT_EQ(judge(record, kStart + days{30}, policy).liveness, Liveness::absolute_expired);
  EXPECT_EQ(judge(record, kStart + days{30} + kTick, policy).liveness, Liveness::absolute_expired);
}

TEST(Policy, R18ATouchIsDueExactlyAtHalfLife) {
  Policy policy;
  policy.last_seen_every = Millis::max();
  const SessionRecord record = made(policy);
  EXPECT_FALSE(judge(record, kStart + days{7} - kTick, policy).touch_due);
  const Judgement at = judge(record, kStart + days{7}, policy);
  EXPECT_TRUE(at.touch_due);
  EXPECT_FALSE(at.renew_due) << "this cookie lives as long as the session may";
  EXPECT_EQ(at.idle_expires_at, kStart + days{21});
  EXPECT_TRUE(judge(record, kStart + days{7} + kTick, policy).touch_due);
}

TEST(Policy, ATouchIsDueWhenLastSeenIsOld) {
  const Policy policy;
  const SessionRecord record = made(policy);
  EXPECT_FALSE(judge(record, kStart + seconds{60} - kTick, policy).touch_due);
  const Judgement at = judge(record, kStart + seconds{60}, policy);
  EXPECT_TRUE(at.touch_due);
  EXPECT_EQ(at.idle_expires_at, kStart + seconds{60} + days{14});
}

TEST(Policy, OnceTheDeadlineIsTheAbsoluteOneHalfLifeMovesNothingMore) {
  Policy policy;
  policy.last_seen_every = Millis::max();
  SessionRecord record = made(policy);
  record.idle_expires_at = record.absolute_expires_at;
  EXPECT_FALSE(judge(record, record.absolute_expires_at - kTick, policy).touch_due);
}

TEST(Policy, AFixedSessionNeverSlides) {
  const Policy policy = Policy::fixed(hours{1});
  const SessionRecord record = made(policy);
  EXPECT_FALSE(judge(record, kStart + hours{1} - kTick, policy).touch_due);
  EXPECT_EQ(judge(record, kStart + hours{1} - kTick, policy).liveness, Liveness::active);
  EXPECT_NE(judge(record, kStart + hours{1}, policy).liveness, Liveness::active);
  Policy still;
  still.sliding = false;
  EXPECT_EQ(made(still).idle, Millis{0}) << "nor does it after a change of the policy";
}

TEST(Policy, ASessionFromBeforeSlidingWasSwitchedOffSlidesNoMore) {
  Policy policy;
  const SessionRecord record = made(policy);
  policy.sliding = false;
  const Judgement judgement = judge(record, kStart + days{10}, policy);
  EXPECT_FALSE(judgement.touch_due);
  EXPECT_EQ(judgement.idle_expires_at, record.idle_expires_at);
}

TEST(Policy, AClockThatWentBackMovesNothing) {
  const Policy policy;
  const SessionRecord record = made(policy);
  const Judgement judgement = judge(record, kStart - hours{1}, policy);
  EXPECT_EQ(judgement.liveness, Liveness::active);
  EXPECT_FALSE(judgement.touch_due);
}

TEST(Policy, ANewerDeadlineThanNowWouldGiveIsNotShortened) {
  const Policy policy = Policy::aal2();
  SessionRecord record = made(Policy{});  // made under a longer policy, and with its own idle life
  const Judgement judgement = judge(record, kStart + minutes{2}, policy);
  EXPECT_GE(judgement.idle_expires_at, record.idle_expires_at);
}

// Reference: a 30 day session under Lucia v3 renews at exactly 15 days and is dead at exactly 30.
TEST(Policy, LuciaRenewsTheCookieAtHalfLifeAndHasNoEnd) {
  const Policy policy = Policy::lucia();
  const SessionRecord record = made(policy);
  EXPECT_FALSE(judge(record, kStart + days{15} - kTick, policy).renew_due);
  EXPECT_FALSE(judge(record, kStart + days{15} - kTick, policy).touch_due);
  const Judgement at = judge(record, kStart + days{15}, policy);
  EXPECT_TRUE(at.renew_due);
  EXPECT_EQ(at.idle_expires_at, kStart + days{45});
  EXPECT_TRUE(judge(record, kStart + days{30} - kTick, policy).renew_due);
  EXPECT_EQ(judge(record, kStart + days{30}, policy).liveness, Liveness::idle_expired);
  EXPECT_EQ(record.absolute_expires_at, kNever);
}

TEST(Policy, WithRenewCookieUseBeforeHalfLifeMovesOnlyLastSeen) {
  Policy policy;
  policy.renew_cookie = true;
  SessionRecord record = made(policy);
  for (UnixTime now = kStart + minutes{1}; now < kStart + days{7}; now += hours{1}) {
    const Judgement judgement = judge(record, now, policy);
    ASSERT_TRUE(judgement.touch_due);
    ASSERT_FALSE(judgement.renew_due);
    ASSERT_EQ(judgement.idle_expires_at, record.idle_expires_at);
    record.last_seen_at = now;
  }
  const Judgement at = judge(record, kStart + days{7}, policy);
  EXPECT_TRUE(at.renew_due);
  EXPECT_EQ(at.idle_expires_at, kStart + days{21});
}

TEST(Policy, R17PresetsHaveTheLimitsOfNist) {
  struct Row {
    std::string_view name;
    Millis absolute, idle;
    bool persistent;
  };
  for (const Row& row :
       {Row{"default", days{30}, days{14}, true}, Row{"aal1", days{30}, days{30}, true},
        Row{"aal2", hours{24}, hours{1}, false}, Row{"aal3", hours{12}, minutes{15}, false},
        Row{"high_value", hours{8}, minutes{5}, false}}) {
    const auto policy = Policy::preset(row.name);
    ASSERT_TRUE(policy) << row.name;
    EXPECT_EQ(validate_policy(*policy), "");
    for (SessionKind kind : {SessionKind::remembered, SessionKind::browser_lived}) {
      const SessionRecord record = made(*policy, kind);
      EXPECT_LE(record.absolute_expires_at, kStart + row.absolute) << row.name;
      EXPECT_LE(record.idle_expires_at, kStart + row.idle) << row.name;
    }
    EXPECT_EQ(made(*policy).absolute_expires_at, kStart + row.absolute) << row.name;
    EXPECT_EQ(made(*policy).idle_expires_at, kStart + row.idle) << row.name;
    EXPECT_EQ(made(*policy).persistent, row.persistent) << row.name;
  }
  EXPECT_FALSE(Policy::preset("aal4"));
}

TEST(Policy, RememberMeOffEndsWithTheBrowserAndLivesShorter) {
  const SessionRecord record = made({}, SessionKind::browser_lived);
  EXPECT_FALSE(record.persistent);
  EXPECT_EQ(record.idle_expires_at, kStart + hours{2});
  EXPECT_EQ(record.absolute_expires_at, kStart + hours{24});
}

TEST(Policy, AGuestLives24HoursAndIsNotExtended) {
  const SessionRecord record = made({}, SessionKind::guest);
  EXPECT_EQ(record.absolute_expires_at, kStart + hours{24});
  EXPECT_FALSE(judge(record, kStart + hours{23}, {}).touch_due);
}

TEST(Policy, WithoutAnIdleLimitUseStillMovesLastSeen) {
  Policy policy;
  policy.idle = Millis{0};
  const SessionRecord record = made(policy);
  EXPECT_EQ(record.idle_expires_at, kStart + days{30});
  EXPECT_TRUE(judge(record, kStart + days{1}, policy).touch_due);
  EXPECT_EQ(judge(record, kStart + days{30} - kTick, policy).liveness, Liveness::active);
}

TEST(Policy, NonsenseIsRefused) {
  Policy endless;
  endless.idle = endless.absolute = Millis{0};
  Policy crossed;
  crossed.idle = days{31};
  Policy negative;
  negative.idle = Millis{-1};
  Policy before_birth;
  before_birth.absolute = Millis{-1};
  Policy guestless;
  guestless.guest = Millis{0};
  Policy idle_never, absolute_never, seen_never;
  idle_never.browser_idle = Millis{0};
  absolute_never.browser_absolute = Millis{0};
  seen_never.last_seen_every = Millis{-1};
  for (const Policy& policy : {endless, crossed, negative, before_birth, guestless, idle_never,
                               absolute_never, seen_never}) {
    EXPECT_NE(validate_policy(policy), "");
  }
  EXPECT_EQ(validate_policy({}), "");
  EXPECT_EQ(validate_policy(Policy::lucia()), "");
  EXPECT_EQ(validate_policy(Policy::fixed(hours{1})), "");
}

TEST(Policy, DeadlinesBeyondTheEndOfTimeStop) {
  EXPECT_EQ(add(kStart, Millis::max()), kNever);
  EXPECT_EQ(add(kNever, Millis{1}), kNever);
}

}  // namespace
}  // namespace latchkey
