#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/support/sessions_fixture.h"

// The calls that change one session.
namespace latchkey {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

class SessionsChangeTest : public testing::SessionsFixture {};

TEST_F(SessionsChangeTest, TouchMovesTheDeadlineAtOnce) {
  const NewSession made = create();
  clock_.advance(hours{1});
  const auto touched = sessions_->touch(made.record.id);
  ASSERT_TRUE(touched);
  EXPECT_EQ(touched->idle_expires_at, clock_.now() + days{14});
  EXPECT_EQ(touched->last_seen_at, clock_.now());
  clock_.advance(days{31});
  EXPECT_EQ(sessions_->touch(made.record.id).error().code, Errc::not_found);
}

TEST_F(SessionsChangeTest, ATouchThatMovesTheDeadlineRenewsTheCookieWhereItSlides) {
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

TEST_F(SessionsChangeTest, ATouchWithASecretFromBeforeARotationWritesNoCookie) {
  SessionsOptions options;
  options.policy.renew_cookie = true;
  reopen(options);
  const NewSession made = create();
  const auto rotated = sessions_->rotate(made.record.id);
  ASSERT_TRUE(rotated);
  clock_.advance(hours{1});
  const auto touched = sessions_->touch(rotated->record, made.token.reveal());
  ASSERT_TRUE(touched);
  EXPECT_FALSE(touched->token);
}

TEST_F(SessionsChangeTest, ATouchUnderAPolicyThatSlidesNoMoreMovesNothing) {
  const NewSession made = create();
  SessionsOptions options;
  options.policy.sliding = false;
  reopen(options);
  clock_.advance(days{1});
  const auto touched = sessions_->touch(made.record.id);
  ASSERT_TRUE(touched);
  EXPECT_EQ(touched->idle_expires_at, made.record.idle_expires_at);
}

TEST_F(SessionsChangeTest, WhatWaitsToBeWrittenIsWrittenAtTheEnd) {
  const NewSession made = create();
  clock_.advance(days{10});
  ASSERT_EQ(state(made.token), SessionState::active);
  sessions_.reset();
  const auto found = store_->sessions().find(std::span(&made.record.id, 1), {});
  ASSERT_TRUE(found && found->front().record);
  EXPECT_EQ(found->front().record->last_seen_at, clock_.now());
}

TEST_F(SessionsChangeTest, UpdateMergesAndCountsVersions) {
  const NewSession made = create("alice", {.attributes = R"({"a":1,"b":2})"});
  const auto updated = sessions_->update(made.record.id, R"({"b":null,"c":[3]})");
  ASSERT_TRUE(updated) << updated.error().detail;
  EXPECT_EQ(updated->attributes, R"({"a":1,"c":[3]})");
  EXPECT_EQ(updated->version, 2);
  EXPECT_EQ(validate(made.token).session->attributes, updated->attributes);
}

TEST_F(SessionsChangeTest, AnUpdateNeedsNoNewCookie) {
  const NewSession made = create();
  const auto updated = sessions_->update(made.record, R"({"a":1})", made.token.reveal());
  ASSERT_TRUE(updated);
  EXPECT_FALSE(updated->token);
}

TEST_F(SessionsChangeTest, ParallelUpdatesAreAllKept) {
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

TEST_F(SessionsChangeTest, R6HostileAttributesAreRefusedAndNothingChanges) {
  const NewSession made = create("alice", {.attributes = R"({"a":1})"});
  for (std::string_view bad : {"[]", "1", "null", "{", "{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}"}) {
    const auto updated = sessions_->update(made.record.id, bad);
    ASSERT_FALSE(updated) << bad;
    EXPECT_EQ(updated.error().code, Errc::invalid_argument);
    EXPECT_FALSE(sessions_->create(*UserId::parse("alice"), {.attributes = std::string{bad}}));
  }
  const std::string large = "{\"a\":\"" + std::string(kMaxAttributesBytes, 'x') + "\"}";
  EXPECT_EQ(sessions_->update(made.record.id, large).error().code, Errc::too_large);
  EXPECT_EQ(validate(made.token).session->attributes, R"({"a":1})");
  EXPECT_EQ(validate(made.token).session->version, 1);
}

TEST_F(SessionsChangeTest, AttributesOfExactly8KiBFit) {
  const std::string text = "{\"a\":\"" + std::string(kMaxAttributesBytes - 8, 'x') + "\"}";
  ASSERT_EQ(text.size(), kMaxAttributesBytes);
  const NewSession made = create("alice", {.attributes = text});
  EXPECT_EQ(validate(made.token).session->attributes, text);
}

// C6: what a framework returns for a header is gone at the end of the line.
TEST_F(SessionsChangeTest, OptionsOutliveTheTextsTheyWereMadeOf) {
  const auto header = [](char fill) { return std::string(40, fill); };
  const CreateOptions options{.attributes = "{\"note\":\"" + header('n') + "\"}",
                              .context = {.user_agent = header('u'), .address = header('a')}};
  const NewSession made = create("alice", options);
  EXPECT_EQ(made.record.user_agent, header('u'));
  EXPECT_EQ(made.record.address, header('a'));
  EXPECT_EQ(made.record.attributes, "{\"note\":\"" + header('n') + "\"}");
}

TEST_F(SessionsChangeTest, DeviceContextIsCutAndCleaned) {
  const std::string agent = "A\r\nB\0C" + std::string(300, 'x');
  const NewSession made = create("alice", {.context = {agent, "1\n2"}});
  EXPECT_EQ(made.record.user_agent.size(), kMaxUserAgentBytes);
  EXPECT_TRUE(made.record.user_agent.starts_with("AB"));
  EXPECT_EQ(made.record.address, "12");
}

TEST_F(SessionsChangeTest, R5RotateKeepsTheIdAndKillsTheOldSecretAtOnce) {
  const NewSession made = create();
  const auto rotated = sessions_->rotate(made.record.id, {.level = 2});
  ASSERT_TRUE(rotated);
  EXPECT_EQ(rotated->record.id, made.record.id);
  EXPECT_EQ(rotated->record.level, 2);
  EXPECT_EQ(state(made.token), SessionState::none);
  EXPECT_EQ(state(rotated->token), SessionState::active);
}

TEST_F(SessionsChangeTest, ARotationIsALoginOnlyWhenItChangesTheLevel) {
  const NewSession made = create();
  clock_.advance(hours{1});
  EXPECT_EQ(sessions_->rotate(made.record.id)->record.authenticated_at, made.record.created_at);
  EXPECT_EQ(sessions_->rotate(made.record.id, {.level = 2})->record.authenticated_at, clock_.now());
}

TEST_F(SessionsChangeTest, ALevelAboveThreeIsRefused) {
  const NewSession made = create("alice", {.level = 3});
  EXPECT_EQ(made.record.level, 3);
  const auto created = sessions_->create(*UserId::parse("alice"), {.level = 4});
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, Errc::invalid_argument);
  const auto rotated = sessions_->rotate(made.record.id, {.level = 4});
  ASSERT_FALSE(rotated);
  EXPECT_EQ(rotated.error().code, Errc::invalid_argument);
}

TEST_F(SessionsChangeTest, ARotationWithoutGraceEndsTheGraceOfTheOneBefore) {
  const NewSession made = create();
  ASSERT_TRUE(sessions_->rotate(made.record.id, {.grace = seconds{60}, .current = &made.token}));
  ASSERT_EQ(state(made.token), SessionState::active);
  ASSERT_TRUE(sessions_->rotate(made.record.id));
  EXPECT_EQ(state(made.token), SessionState::none);
}

TEST_F(SessionsChangeTest, R154DuringTheGraceTheOldSecretGetsTheSameNewOne) {
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

TEST_F(SessionsChangeTest, AGraceNeedsTheCurrentTokenAndIsShort) {
  const NewSession made = create();
  const SessionToken wrong = testing::with_secret(made.token, "AAAAAAAAAAAAAAAAAAAAAAAA");
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

TEST_F(SessionsChangeTest, AttachMakesAUsersSessionAndEndsTheGuests) {
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
}  // namespace
}  // namespace latchkey
