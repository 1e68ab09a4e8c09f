#include "latchkey/sessions.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "session/mint.h"
#include "tests/support/sessions_fixture.h"
#include "tests/support/twice_entropy.h"

namespace latchkey {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::with_secret;

class SessionsTest : public testing::SessionsFixture {};

TEST_F(SessionsTest, ACreatedSessionValidates) {
  const NewSession made =
      create("alice", {.attributes = R"({"theme":"dark"})", .context = {"Firefox", "192.0.2.1"}});
  const Validation validation = validate(made.token);
  ASSERT_EQ(validation.state, SessionState::active);
  EXPECT_EQ(validation.session->user_id.text(), "alice");
  EXPECT_EQ(validation.session->attributes, R"({"theme":"dark"})");
  EXPECT_EQ(validation.session->user_agent, "Firefox");
  EXPECT_EQ(validation.session->address, "192.0.2.1");
  EXPECT_EQ(validation.session->authenticated_at, clock_.now());
  EXPECT_EQ(validation.session->level, 1);
  EXPECT_FALSE(validation.fresh);
}

TEST_F(SessionsTest, R1R2IdsAreUniqueAndCarryOnlyTheSlotTag) {
  std::set<std::string> ids;
  std::map<char, int> third_of_random;
  for (int i = 0; i < 2000; ++i) {
    const auto token = session::mint_token(*UserId::parse("alice"), {}, system_entropy());
    ids.insert(token->reveal());
    EXPECT_EQ(token->id().text().substr(0, 3),
              session::mint_token(*UserId::parse("alice"), {}, system_entropy())
                  ->id()
                  .text()
                  .substr(0, 3));
    ++third_of_random[token->id().text()[5]];
  }
  EXPECT_EQ(ids.size(), 2000U);
  EXPECT_EQ(third_of_random.size(), 64U);  // every character occurs: P(miss) < 1e-12
}

TEST_F(SessionsTest, R4AnIdTheStoreDidNotIssueNeverBecomesASession) {
  const auto foreign = session::mint_token(*UserId::parse("alice"), {}, system_entropy());
  EXPECT_EQ(state(*foreign), SessionState::none);
  for (std::string_view text : {"", "x", "lk1_", "admin", "../../etc/passwd", "' OR 1=1 --"}) {
    const auto validation = sessions_->validate(text);
    ASSERT_TRUE(validation);
    EXPECT_EQ(validation->state, SessionState::none);
  }
  EXPECT_TRUE(sessions_->list(*UserId::parse("alice"))->records.empty());
}

TEST_F(SessionsTest, R9TheStoreHoldsOnlyTheHashAndTheHashOpensNothing) {
  const NewSession made = create();
  const auto found = store_->sessions().find(std::span(&made.record.id, 1), {});
  EXPECT_EQ(found->front().record->secret_hash, session::hash_secret(made.token));
  EXPECT_EQ(state(with_secret(made.token, "AAAAAAAAAAAAAAAAAAAAAAAA")), SessionState::none);
}

TEST_F(SessionsTest, R15AnIdleSessionExpiresAtItsMillisecond) {
  const NewSession made = create();
  clock_.advance(days{14} - milliseconds{1});
  EXPECT_EQ(validate(made.token, {.touch = false}).state, SessionState::active);
  clock_.advance(milliseconds{1});
  EXPECT_EQ(state(made.token), SessionState::expired);
}

TEST_F(SessionsTest, R16UseMovesTheIdleDeadlineButNotTheAbsoluteOne) {
  const NewSession made = create();
  for (int day = 0; day < 29; ++day) {
    clock_.advance(days{1});
    ASSERT_EQ(state(made.token), SessionState::active) << day;
    ASSERT_TRUE(sessions_->flush());
  }
  clock_.advance(days{1});
  EXPECT_EQ(state(made.token), SessionState::expired);
}

TEST_F(SessionsTest, ATouchWaitingInTheQueueCounts) {
  const NewSession made = create();
  clock_.advance(days{13});
  EXPECT_EQ(state(made.token), SessionState::active);  // queued, not written
  clock_.advance(days{2});
  EXPECT_EQ(state(made.token), SessionState::active);
}

TEST_F(SessionsTest, WhoLooksIsToldOfTheirOwnTouch) {
  const NewSession made = create();
  clock_.advance(days{8});
  const Validation validation = validate(made.token);
  ASSERT_EQ(validation.state, SessionState::active);
  EXPECT_EQ(validation.session->last_seen_at, clock_.now());
  EXPECT_EQ(validation.session->idle_expires_at, clock_.now() + days{14});
}

TEST_F(SessionsTest, LookingWithoutTouchingMovesNothing) {
  const NewSession made = create();
  clock_.advance(days{10});
  EXPECT_EQ(validate(made.token, {.touch = false}).session->last_seen_at, made.record.created_at);
  ASSERT_TRUE(sessions_->flush());
  clock_.advance(days{4});
  EXPECT_EQ(state(made.token), SessionState::expired);
}

TEST_F(SessionsTest, R159ASessionOnceSeenExpiredStaysSoWhenTheClockGoesBack) {
  const NewSession made = create();
  clock_.advance(days{14});
  EXPECT_EQ(state(made.token), SessionState::expired);
  ASSERT_TRUE(sessions_->flush());
  clock_.advance(-days{7});
  EXPECT_EQ(state(made.token), SessionState::expired);
}

TEST_F(SessionsTest, R20ARevokedSessionIsRevokedForItsHolderOnly) {
  const NewSession made = create();
  EXPECT_TRUE(*sessions_->revoke(made.record.id));
  EXPECT_FALSE(*sessions_->revoke(made.record.id));
  EXPECT_EQ(state(made.token), SessionState::revoked);
  EXPECT_EQ(state(with_secret(made.token, "AAAAAAAAAAAAAAAAAAAAAAAA")), SessionState::none);
}

TEST_F(SessionsTest, R92AnExpiredSessionIsExpiredForItsHolderOnly) {
  const NewSession made = create();
  clock_.advance(days{31});
  EXPECT_EQ(state(with_secret(made.token, "AAAAAAAAAAAAAAAAAAAAAAAA")), SessionState::none);
  EXPECT_EQ(state(made.token), SessionState::expired);
}

TEST_F(SessionsTest, RevokeUserEndsAllButTheExcepted) {
  const NewSession kept = create();
  const NewSession ended = create();
  const NewSession other = create("bob");
  const auto ids = sessions_->revoke_user(*UserId::parse("alice"), kept.record.id);
  ASSERT_TRUE(ids);
  EXPECT_EQ(*ids, std::vector<SessionId>{ended.record.id});
  EXPECT_EQ(state(kept.token), SessionState::active);
  EXPECT_EQ(state(ended.token), SessionState::revoked);
  EXPECT_EQ(state(other.token), SessionState::active);
}

TEST_F(SessionsTest, RevokingEverythingAlsoEndsLoginsUnderWay) {
  const UserId alice = *UserId::parse("alice");
  const std::int64_t epoch = *store_->epochs().user_epoch(alice);
  ASSERT_TRUE(sessions_->revoke_user(alice));
  const auto late = sessions_->create(alice, {.user_epoch = epoch});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::user_changed);
}

TEST_F(SessionsTest, R11OverTheLimitTheLongestIdleSessionEnds) {
  SessionsOptions options;
  options.policy.max_per_user = 3;
  reopen(options);
  std::vector<NewSession> made;
  for (int i = 0; i < 4; ++i) {
    made.push_back(create());
    clock_.advance(seconds{1});
  }
  EXPECT_EQ(state(made[0].token), SessionState::revoked);
  for (int i = 1; i < 4; ++i) EXPECT_EQ(state(made[std::size_t(i)].token), SessionState::active);
  EXPECT_EQ(sessions_->list(*UserId::parse("alice"))->records.size(), 3U);
}

TEST_F(SessionsTest, RememberMeOffIsShorterAndNotPersistent) {
  const NewSession made = create("alice", {.remember = false});
  EXPECT_FALSE(made.record.persistent);
  clock_.advance(hours{2});
  EXPECT_EQ(state(made.token), SessionState::expired);
}

TEST_F(SessionsTest, AFixedPolicyRefreshesNothing) {
  SessionsOptions options;
  options.policy = Policy::fixed(hours{1});
  reopen(options);
  const NewSession made = create();
  clock_.advance(minutes{59});
  const Validation validation = validate(made.token);
  EXPECT_EQ(validation.state, SessionState::active);
  EXPECT_EQ(validation.session->last_seen_at, made.record.created_at);
  EXPECT_EQ(sessions_->touch(made.record.id)->idle_expires_at, made.record.idle_expires_at);
  ASSERT_TRUE(sessions_->flush());
  clock_.advance(minutes{1});
  EXPECT_EQ(state(made.token), SessionState::expired);
}

TEST_F(SessionsTest, TheLuciaPolicyAsksForANewCookieAtHalfLife) {
  SessionsOptions options;
  options.policy = Policy::lucia();
  reopen(options);
  const NewSession made = create();
  clock_.advance(days{15});
  const Validation validation = validate(made.token);
  EXPECT_TRUE(validation.fresh);
  ASSERT_TRUE(validation.token);
  EXPECT_EQ(validation.token->reveal(), made.token.reveal());
  const std::string cookie = *sessions_->set_cookie(*validation.token, *validation.session);
  EXPECT_NE(cookie.find("; Max-Age=2592000;"), std::string::npos) << cookie;
}

TEST_F(SessionsTest, R12GuestsAreLimitedPerAddressAndMinute) {
  SessionsOptions options;
  options.guests_per_minute = 3;
  reopen(options);
  const CreateOptions from_a{.context = {"", "192.0.2.1"}};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(sessions_->create_guest(from_a));
  EXPECT_EQ(sessions_->create_guest(from_a).error().code, Errc::rate_limited);
  EXPECT_TRUE(sessions_->create_guest({.context = {"", "192.0.2.2"}}));
  clock_.advance(minutes{1});
  EXPECT_TRUE(sessions_->create_guest(from_a));
}

TEST_F(SessionsTest, R26PruneIsHygieneOnly) {
  const NewSession old = create();
  clock_.advance(days{31});
  const NewSession young = create();
  EXPECT_EQ(state(old.token), SessionState::expired);
  const auto pruned = sessions_->prune();
  ASSERT_TRUE(pruned);
  EXPECT_EQ(*pruned, 1U);
  EXPECT_EQ(state(young.token), SessionState::active);
}

TEST_F(SessionsTest, OnePruneTakesMoreThanOneBatch) {
  constexpr std::size_t kMoreThanABatch = 1001;
  SessionsOptions options;
  options.policy.max_per_user = 0;
  reopen(options);
  for (std::size_t i = 0; i < kMoreThanABatch; ++i) create();
  clock_.advance(days{32});
  EXPECT_EQ(*sessions_->prune(), kMoreThanABatch);
}

TEST_F(SessionsTest, ItsHolderIsToldExpiredForADayHoweverOftenIsPruned) {
  const NewSession unseen = create();
  const NewSession seen = create();
  clock_.advance(days{14});
  EXPECT_EQ(state(seen.token), SessionState::expired);
  for (int hour = 0; hour < 24; ++hour) {
    ASSERT_EQ(*sessions_->prune(), 0U) << hour;
    clock_.advance(hours{1} - milliseconds{hour == 23 ? 1 : 0});
  }
  EXPECT_EQ(*sessions_->prune(), 0U);
  EXPECT_EQ(state(seen.token), SessionState::expired);
  clock_.advance(milliseconds{1});
  EXPECT_EQ(*sessions_->prune(), 2U);
  EXPECT_EQ(state(unseen.token), SessionState::none);
}

TEST_F(SessionsTest, ATombstoneSpeaksForADay) {
  const NewSession made = create();
  ASSERT_TRUE(*sessions_->revoke(made.record.id));
  clock_.advance(kTombstoneLife);
  EXPECT_EQ(state(made.token), SessionState::revoked);
  clock_.advance(milliseconds{1});
  EXPECT_EQ(state(made.token), SessionState::none);
}

TEST_F(SessionsTest, CookiesFollowTheSession) {
  const NewSession remembered = create();
  EXPECT_EQ(*sessions_->set_cookie(remembered.token, remembered.record),
            "__Host-session=" + remembered.token.reveal() +
                "; Max-Age=2592000; Expires=Sun, 14 Feb 2027 08:00:00 GMT; Path=/; HttpOnly; "
                "Secure; SameSite=Lax");
  const NewSession browser_lived = create("alice", {.remember = false});
  EXPECT_EQ(*sessions_->set_cookie(browser_lived.token, browser_lived.record),
            "__Host-session=" + browser_lived.token.reveal() +
                "; Path=/; HttpOnly; Secure; SameSite=Lax");
  EXPECT_EQ(sessions_->blank_cookie(),
            "__Host-session=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; "
            "Secure; SameSite=Lax");
}

TEST_F(SessionsTest, ListIsNewestFirstAndWithoutTheDead) {
  const NewSession dead = create("alice", {.remember = false});
  clock_.advance(hours{3});
  const NewSession first = create();
  clock_.advance(seconds{1});
  const NewSession second = create();
  const auto page = sessions_->list(*UserId::parse("alice"));
  ASSERT_EQ(page->records.size(), 2U);
  EXPECT_EQ(page->records[0].id, second.record.id);
  EXPECT_EQ(page->records[1].id, first.record.id);
  EXPECT_FALSE(sessions_->list(*UserId::parse("alice"), {}, 0));
  EXPECT_FALSE(sessions_->list(*UserId::parse("alice"), {}, 1001));
}

TEST_F(SessionsTest, AUserOfADisabledAccountHasNoSession) {
  StoredUser user;
  user.user.id = *UserId::parse("alice");
  user.user.username = user.username_key = "alice";
  ASSERT_TRUE(*store_->users().add_user(user));
  const NewSession made = create();
  EXPECT_EQ(validate(made.token, {.with_user = true}).user->username, "alice");
  ASSERT_TRUE(*store_->users().set_disabled(user.user.id, true));
  EXPECT_EQ(validate(made.token, {.with_user = true}).state, SessionState::none);
  ASSERT_TRUE(*store_->users().set_disabled(user.user.id, false));
  EXPECT_EQ(validate(made.token, {.with_user = true}).state, SessionState::active);
}

// The record is written into the answer before the secret is judged, and must not stay there.
TEST_F(SessionsTest, OfATokenThatIsRefusedNothingIsTold) {
  const UserId bob = *UserId::parse("bob");
  ASSERT_TRUE(*store_->users().add_user({{.id = bob, .username = "bob"}, "bob", "hash"}));
  ASSERT_TRUE(*store_->users().set_disabled(bob, true));
  const NewSession expired = create("alice", {.remember = false});
  clock_.advance(hours{13});
  const NewSession revoked = create();
  ASSERT_TRUE(*sessions_->revoke(revoked.record.id));
  const NewSession disabled = create("bob");
  const NewSession good = create();
  const std::string wrong = with_secret(good.token, std::string(24, 'x')).reveal();
  for (const std::string& text :
       {expired.token.reveal(), revoked.token.reveal(), disabled.token.reveal(), wrong}) {
    const TokenCheck check{text, {.with_user = true}};
    const auto alone = sessions_->validate(check.token, check.options);
    const auto many = sessions_->validate_all({&check, 1});
    ASSERT_TRUE(alone && many.front());
    for (const Validation* answer : {&*alone, &*many.front()}) {
      EXPECT_NE(answer->state, SessionState::active);
      EXPECT_FALSE(answer->session || answer->user || answer->token || answer->fresh);
    }
  }
  EXPECT_EQ(validate(good.token).session->id, good.record.id);
}

TEST_F(SessionsTest, MisuseIsRefusedAtConstruction) {
  SessionsOptions endless;
  endless.policy.idle = endless.policy.absolute = Millis{0};
  SessionsOptions cookie;
  cookie.cookie.secure = false;
  SessionsOptions never;
  never.touch_every = Millis{0};
  SessionsOptions seldom;
  seldom.touch_every = days{1} + Millis{1};
  for (const SessionsOptions& options : {endless, cookie, never, seldom}) {
    const auto opened = Sessions::open(*store_, options);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::bad_config);
  }
  EXPECT_EQ(sessions_->create(UserId{}).error().code, Errc::invalid_argument);
}

TEST_F(SessionsTest, AnIdThatIsTakenIsDrawnAgain) {
  testing::TwiceEntropy entropy;
  SessionsOptions options;
  options.entropy = &entropy;
  reopen(options);
  const NewSession first = create();
  const auto second = sessions_->create(*UserId::parse("alice"), {});
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_NE(second->record.id, first.record.id);
  EXPECT_EQ(state(first.token), SessionState::active);
}

}  // namespace
}  // namespace latchkey
