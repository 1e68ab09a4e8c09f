#include "latchkey/sessions.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "latchkey/memory.h"
#include "session/mint.h"
#include "tests/support/manual_clock.h"

namespace latchkey {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class SessionsTest : public ::testing::Test {
 protected:
  SessionsTest() : store_(std::move(*make_memory_store())) { reopen({}); }

  void reopen(SessionsOptions options) {
    sessions_.reset();
    options.clock = &clock_;
    options.touch_every = hours{1};  // only flush() writes
    auto opened = Sessions::open(*store_, std::move(options));
    ASSERT_TRUE(opened) << opened.error().detail;
    sessions_ = std::move(*opened);
  }
  NewSession create(std::string_view user = "alice", CreateOptions options = {}) {
    auto made = sessions_->create(*UserId::parse(user), options);
    EXPECT_TRUE(made) << made.error().detail;
    return std::move(*made);
  }
  Validation validate(const SessionToken& token, ValidateOptions options = {}) {
    auto validation = sessions_->validate(token.reveal(), options);
    EXPECT_TRUE(validation);
    return std::move(*validation);
  }
  SessionState state(const SessionToken& token) { return validate(token).state; }

  testing::ManualClock clock_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Sessions> sessions_;
};

SessionToken with_secret(const SessionToken& token, std::string_view secret) {
  return std::move(*SessionToken::assemble(token.id(), secret));
}

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

TEST_F(SessionsTest, TouchMovesTheDeadlineAtOnce) {
  const NewSession made = create();
  clock_.advance(hours{1});
  const auto touched = sessions_->touch(made.record.id);
  ASSERT_TRUE(touched);
  EXPECT_EQ(touched->idle_expires_at, clock_.now() + days{14});
  EXPECT_EQ(touched->last_seen_at, clock_.now());
  clock_.advance(days{31});
  EXPECT_EQ(sessions_->touch(made.record.id).error().code, Errc::not_found);
}

TEST_F(SessionsTest, ATouchThatMovesTheDeadlineRenewsTheCookieWhereItSlides) {
  for (const bool renew : {false, true}) {
    SessionsOptions options;
    options.policy.renew_cookie = renew;
    reopen(options);
    const NewSession made = create();
    const std::string presented = made.token.reveal();
    EXPECT_FALSE(sessions_->touch(made.record, presented)->token) << "nothing moved";
    clock_.advance(hours{1});
    const auto touched = sessions_->touch(made.record, presented);
    ASSERT_TRUE(touched);
    ASSERT_EQ(touched->token.has_value(), renew);
    EXPECT_TRUE(!renew || touched->token->reveal() == presented);
    EXPECT_FALSE(sessions_->touch(made.record, create().token.reveal())->token) << "another's";
  }
}

TEST_F(SessionsTest, UpdateMergesAndCountsVersions) {
  const NewSession made = create("alice", {.attributes = R"({"a":1,"b":2})"});
  const auto updated = sessions_->update(made.record.id, R"({"b":null,"c":[3]})");
  ASSERT_TRUE(updated) << updated.error().detail;
  EXPECT_EQ(updated->attributes, R"({"a":1,"c":[3]})");
  EXPECT_EQ(updated->version, 2);
  EXPECT_EQ(validate(made.token).session->attributes, updated->attributes);
}

TEST_F(SessionsTest, ParallelUpdatesAreAllKept) {
  const NewSession made = create();
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 8; ++i) {
        const std::string patch =
            "{\"k" + std::to_string(t) + "_" + std::to_string(i) + "\":" + std::to_string(i) + "}";
        if (!sessions_->update(made.record.id, patch)) ++failed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  const std::string attributes = validate(made.token).session->attributes;
  EXPECT_EQ(std::count(attributes.begin(), attributes.end(), ':'), 32);
}

TEST_F(SessionsTest, R6HostileAttributesAreRefusedAndNothingChanges) {
  const NewSession made = create("alice", {.attributes = R"({"a":1})"});
  for (std::string_view bad : {"[]", "1", "null", "{", "{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}"}) {
    const auto updated = sessions_->update(made.record.id, bad);
    ASSERT_FALSE(updated) << bad;
    EXPECT_EQ(updated.error().code, Errc::invalid_argument);
    EXPECT_FALSE(sessions_->create(*UserId::parse("alice"), {.attributes = bad}));
  }
  const std::string large = "{\"a\":\"" + std::string(kMaxAttributesBytes, 'x') + "\"}";
  EXPECT_EQ(sessions_->update(made.record.id, large).error().code, Errc::too_large);
  EXPECT_EQ(validate(made.token).session->attributes, R"({"a":1})");
  EXPECT_EQ(validate(made.token).session->version, 1);
}

TEST_F(SessionsTest, AttributesOfExactly8KiBFit) {
  const std::string text = "{\"a\":\"" + std::string(kMaxAttributesBytes - 8, 'x') + "\"}";
  ASSERT_EQ(text.size(), kMaxAttributesBytes);
  const NewSession made = create("alice", {.attributes = text});
  EXPECT_EQ(validate(made.token).session->attributes, text);
}

// C6: what a framework returns for a header is gone at the end of the line.
TEST_F(SessionsTest, OptionsOutliveTheTextsTheyWereMadeOf) {
  const auto header = [](char fill) { return std::string(40, fill); };
  const CreateOptions options{.attributes = "{\"note\":\"" + header('n') + "\"}",
                              .context = {.user_agent = header('u'), .address = header('a')}};
  const NewSession made = create("alice", options);
  EXPECT_EQ(made.record.user_agent, header('u'));
  EXPECT_EQ(made.record.address, header('a'));
  EXPECT_EQ(made.record.attributes, "{\"note\":\"" + header('n') + "\"}");
}

TEST_F(SessionsTest, DeviceContextIsCutAndCleaned) {
  const std::string agent = "A\r\nB\0C" + std::string(300, 'x');
  const NewSession made = create("alice", {.context = {agent, "1\n2"}});
  EXPECT_EQ(made.record.user_agent.size(), kMaxUserAgentBytes);
  EXPECT_TRUE(made.record.user_agent.starts_with("AB"));
  EXPECT_EQ(made.record.address, "12");
}

TEST_F(SessionsTest, R5RotateKeepsTheIdAndKillsTheOldSecretAtOnce) {
  const NewSession made = create();
  const auto rotated = sessions_->rotate(made.record.id, {.level = 2});
  ASSERT_TRUE(rotated);
  EXPECT_EQ(rotated->record.id, made.record.id);
  EXPECT_EQ(rotated->record.level, 2);
  EXPECT_EQ(state(made.token), SessionState::none);
  EXPECT_EQ(state(rotated->token), SessionState::active);
}

TEST_F(SessionsTest, R154DuringTheGraceTheOldSecretGetsTheSameNewOne) {
  const NewSession made = create();
  const auto rotated =
      sessions_->rotate(made.record.id, {.grace = seconds{60}, .current = &made.token});
  ASSERT_TRUE(rotated) << rotated.error().detail;
  for (int i = 0; i < 3; ++i) {
    const Validation late = validate(made.token);
    ASSERT_EQ(late.state, SessionState::active);
    EXPECT_TRUE(late.fresh);
    EXPECT_EQ(late.token->reveal(), rotated->token.reveal());
  }
  clock_.advance(seconds{60} - milliseconds{1});
  EXPECT_EQ(state(made.token), SessionState::active);
  clock_.advance(milliseconds{1});
  EXPECT_EQ(state(made.token), SessionState::none);
  EXPECT_EQ(state(rotated->token), SessionState::active);
  EXPECT_FALSE(sessions_->update(made.record.id, R"({"a":1})")->previous);
}

TEST_F(SessionsTest, AGraceNeedsTheCurrentTokenAndIsShort) {
  const NewSession made = create();
  const SessionToken wrong = with_secret(made.token, "AAAAAAAAAAAAAAAAAAAAAAAA");
  EXPECT_EQ(sessions_->rotate(made.record.id, {.grace = seconds{60}}).error().code,
            Errc::invalid_argument);
  EXPECT_EQ(sessions_->rotate(made.record.id, {.grace = seconds{61}, .current = &made.token})
                .error()
                .code,
            Errc::invalid_argument);
  EXPECT_EQ(
      sessions_->rotate(made.record.id, {.grace = seconds{1}, .current = &wrong}).error().code,
      Errc::not_found);
  EXPECT_EQ(state(made.token), SessionState::active);
}

TEST_F(SessionsTest, AttachMakesAUsersSessionAndEndsTheGuests) {
  auto guest = sessions_->create_guest({.attributes = R"({"cart":[1,2],"csrf":"x"})"});
  ASSERT_TRUE(guest);
  EXPECT_EQ(guest->record.level, 0);
  EXPECT_EQ(guest->record.authenticated_at, UnixTime{});
  const UserId alice = *UserId::parse("alice");
  auto attached = sessions_->attach(guest->record.id, alice, {.carry = {"cart"}});
  ASSERT_TRUE(attached) << attached.error().detail;
  EXPECT_NE(attached->record.id, guest->record.id);
  EXPECT_EQ(attached->record.attributes, R"({"cart":[1,2]})");  // R6: only what was named
  EXPECT_EQ(attached->record.user_id, alice);
  EXPECT_EQ(state(guest->token), SessionState::revoked);
  EXPECT_EQ(sessions_->attach(guest->record.id, alice).error().code, Errc::not_found);
  EXPECT_EQ(sessions_->attach(attached->record.id, alice).error().code, Errc::invalid_argument);
  EXPECT_EQ(sessions_->list(alice)->records.size(), 1U);
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

TEST_F(SessionsTest, MisuseIsRefusedAtConstruction) {
  SessionsOptions endless;
  endless.policy.idle = endless.policy.absolute = Millis{0};
  SessionsOptions cookie;
  cookie.cookie.secure = false;
  SessionsOptions never;
  never.touch_every = Millis{0};
  for (const SessionsOptions& options : {endless, cookie, never}) {
    const auto opened = Sessions::open(*store_, options);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::bad_config);
  }
  EXPECT_EQ(sessions_->create(UserId{}).error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace latchkey
