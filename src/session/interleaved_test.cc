// What another node does between two store calls of a change must win or lose as documented: each
// test lets it happen at the one moment that matters.
#include <gtest/gtest.h>

#include "latchkey/near_cache.h"
#include "session/takeover/foreign_cookies.h"
#include "session/takeover/take_over.h"
#include "tests/support/carrier_fixture.h"

namespace latchkey::testing {
namespace {

using session::TakeOver;
using session::TakeOverStatus;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

class InterleavedTakeOver : public CarrierFixture {
 protected:
  static Sealer iron_sealer() {
    std::vector<SealPassword> passwords;
    passwords.push_back({"1", SealSecret::text(kSecretA)});
    auto made = Sealer::make(std::move(passwords), {.ttl = days{14}});
    EXPECT_TRUE(made) << made.error().detail;
    return std::move(*made);
  }
  TakeOver take() {
    auto outcome = session::take_over(*iron_, text_, *node_, *store_, {}, clock_.now());
    EXPECT_TRUE(outcome) << outcome.error().detail;
    return outcome ? std::move(*outcome) : TakeOver{};
  }
  std::size_t sessions_of_user() { return node_->list(user_)->records.size(); }

  const UserId user_ = *UserId::parse("7");
  std::unique_ptr<Sessions> node_ = node(Carrier::stored);
  std::unique_ptr<session::ForeignSource> iron_ =
      session::make_iron_source(iron_sealer(), {.user = "user.id"});
  const std::string text_ =
      *iron_sealer().seal(R"({"user":{"id":7},"isLoggedIn":true})", clock_.now()) + "~2";
};

TEST_F(InterleavedTakeOver, EndingAllSessionsMeanwhileStopsIt) {
  just_before(StoreCall::insert, [&] { ASSERT_TRUE(node_->revoke_user(user_)); });
  EXPECT_EQ(take().status, TakeOverStatus::ended);
  EXPECT_EQ(sessions_of_user(), 0U);
}

TEST_F(InterleavedTakeOver, TheSecondOfTwoLosesAndLeavesNothing) {
  just_before(StoreCall::insert, [&] { EXPECT_EQ(take().status, TakeOverStatus::taken); });
  EXPECT_EQ(take().status, TakeOverStatus::used);
  EXPECT_EQ(sessions_of_user(), 1U);
}

class InterleavedStateless : public CarrierFixture,
                             public ::testing::WithParamInterface<Carrier> {};
INSTANTIATE_TEST_SUITE_P(Carriers, InterleavedStateless,
                         ::testing::Values(Carrier::sealed, Carrier::signed_token),
                         [](const auto& carrier) {
                           return std::string(carrier_name(carrier.param));
                         });

TEST_P(InterleavedStateless, ASessionThatAnotherEndsMeanwhileDoesNotComeBack) {
  const auto node_a = node(GetParam());
  const NewSession mine = log_in(*node_a);
  const NewSession other = log_in(*node_a);
  const SessionRecord mine_now = *look(*node_a, mine.token.reveal()).session;
  const SessionRecord other_now = *look(*node_a, other.token.reveal()).session;
  just_before(StoreCall::remove_user, [&] { ASSERT_TRUE(node_a->revoke_others(other_now)); });
  EXPECT_FALSE(node_a->revoke_others(mine_now)) << "the other session ended this one first";
  EXPECT_EQ(state(*node_a, mine.token.reveal()), SessionState::revoked);
}

TEST_P(InterleavedStateless, ADisabledUserChangesNothing) {
  const auto sessions = node(GetParam());
  const UserId alice = *UserId::parse("alice");
  StoredUser user;
  user.user.id = alice;
  user.user.username = "alice";
  user.username_key = "alice";
  user.password_hash = "x";
  ASSERT_TRUE(*inner_->users().add_user(user));
  const NewSession made = log_in(*sessions);
  const SessionRecord record = *look(*sessions, made.token.reveal()).session;
  ASSERT_TRUE(sessions->update(record, R"({"a":1})"));
  ASSERT_TRUE(*inner_->users().set_disabled(alice, true));
  // Whatever ends the sessions beside it: the epoch of before, so that only `disabled` speaks.
  SessionRecord current = record;
  current.carried->epoch = *inner_->epochs().user_epoch(alice);
  EXPECT_FALSE(sessions->update(current, R"({"a":2})"));
  EXPECT_FALSE(sessions->touch(current));
  EXPECT_FALSE(sessions->rotate(current));
}

TEST_P(InterleavedStateless, ARevocationOutlivesARenewalByANodeWhoseClockIsAhead) {
  const auto sessions = node(GetParam());
  const NewSession made = log_in(*sessions);
  const SessionRecord record = *look(*sessions, made.token.reveal()).session;
  ASSERT_TRUE(*sessions->revoke(record));
  clock_.advance(record.idle + seconds{30});
  ASSERT_TRUE(sessions->prune());
  EXPECT_TRUE(inner_->denials().standing(record.id.text(), record.user_id)->denied);
}

TEST_P(InterleavedStateless, ATouchUnderAShorterPolicyDoesNotShorten) {
  const auto long_lived = node(GetParam());
  const NewSession made = log_in(*long_lived);
  const SessionRecord record = *look(*long_lived, made.token.reveal()).session;
  SessionRecord shorter = record;
  shorter.idle = hours{1};  // what a node with a shorter policy writes
  const auto touched = long_lived->touch(shorter);
  ASSERT_TRUE(touched) << touched.error().detail;
  EXPECT_GE(touched->record.idle_expires_at, record.idle_expires_at);
}

TEST_P(InterleavedStateless, TheSecondOfTwoRotationsFails) {
  const auto sessions = node(GetParam());
  const NewSession made = log_in(*sessions);
  const SessionRecord record = *look(*sessions, made.token.reveal()).session;
  just_before(StoreCall::deny, [&] { EXPECT_TRUE(sessions->rotate(record)); });
  const auto late = sessions->rotate(record);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::not_found);
}

TEST_F(CarrierFixture, TheSecondOfTwoLogInsOfOneGuestLeavesNoSession) {
  const auto sessions = node(Carrier::stored);
  const auto guest = sessions->create_guest();
  ASSERT_TRUE(guest);
  const UserId alice = *UserId::parse("alice");
  just_before(StoreCall::remove,
              [&] { EXPECT_TRUE(sessions->attach(guest->record, *UserId::parse("bob"))); });
  const auto late = sessions->attach(guest->record, alice);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::not_found);
  EXPECT_TRUE(sessions->list(alice)->records.empty());
  EXPECT_EQ(sessions->list(*UserId::parse("bob"))->records.size(), 1U);
}

// A node with copies of its own beside another one, on a store that cannot tell of changes.
class InterleavedCopies : public CarrierFixture {
 protected:
  std::unique_ptr<Sessions> on(Store& store) {
    SessionsOptions options;
    options.clock = &clock_;
    options.touch_every = hours{1};
    return std::move(*Sessions::open(store, options));
  }
  const std::unique_ptr<NearCache> cache_ =
      make_near_cache(*inner_, {.max_age = days{40}}, &clock_);
  const std::unique_ptr<Sessions> near_ = on(*cache_);
  const std::unique_ptr<Sessions> far_ = on(*inner_);
};

// S6: a copy that looks expired is asked for again, and the store's answer counts.
TEST_F(InterleavedCopies, ASessionThatAnotherNodeExtendedOutlivesTheCopyHere) {
  for (const bool many : {false, true}) {
    const NewSession made = log_in(*near_);
    const std::string token = made.token.reveal();
    ASSERT_EQ(state(*near_, token), SessionState::active) << "a copy is kept";
    clock_.advance(days{8});
    ASSERT_EQ(state(*far_, token), SessionState::active);
    ASSERT_TRUE(far_->flush());
    clock_.advance(days{7});
    const TokenCheck check{token, {}};
    const SessionState seen =
        many ? near_->validate_all({&check, 1}).front()->state : state(*near_, token);
    EXPECT_EQ(seen, SessionState::active) << many;
    ASSERT_TRUE(near_->flush());
    EXPECT_EQ(state(*far_, token), SessionState::active) << "the row is still there";
  }
}

TEST_F(InterleavedCopies, ASecretThatAnotherNodeJustMadeIsGoodHere) {
  const NewSession made = log_in(*near_);
  ASSERT_EQ(state(*near_, made.token.reveal()), SessionState::active) << "a copy is kept";
  const auto rotated = far_->rotate(made.record.id);
  ASSERT_TRUE(rotated);
  EXPECT_EQ(state(*near_, rotated->token.reveal()), SessionState::active);
  EXPECT_EQ(state(*near_, made.token.reveal()), SessionState::none);
}

TEST_F(InterleavedCopies, ATouchTellsOfWhatAnotherNodeWrote) {
  const NewSession made = log_in(*near_);
  ASSERT_EQ(state(*near_, made.token.reveal()), SessionState::active) << "a copy is kept";
  ASSERT_TRUE(far_->update(made.record.id, R"({"theme":"dark"})"));
  const auto touched = near_->touch(made.record.id);
  ASSERT_TRUE(touched);
  EXPECT_EQ(touched->attributes, R"({"theme":"dark"})");
}

TEST_F(InterleavedCopies, OfManyWhoWantsAFreshAnswerGetsOne) {
  const NewSession made = log_in(*near_);
  const std::string token = made.token.reveal();
  ASSERT_EQ(state(*near_, token), SessionState::active) << "a copy is kept";
  ASSERT_TRUE(*far_->revoke(made.record.id));
  const std::vector<TokenCheck> checks{{token, {.fresh = true}}, {token, {}}};
  const auto answers = near_->validate_all(checks);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0]->state, SessionState::revoked);
}

TEST_F(CarrierFixture, AnUpdateThatLosesItsRaceIsDoneAgain) {
  const auto sessions = node(Carrier::stored);
  const NewSession made = log_in(*sessions);
  just_before(StoreCall::replace,
              [&] { EXPECT_TRUE(sessions->update(made.record.id, R"({"theirs":1})")); });
  const auto mine = sessions->update(made.record.id, R"({"mine":2})");
  ASSERT_TRUE(mine) << mine.error().detail;
  EXPECT_EQ(mine->attributes, R"({"theirs":1,"mine":2})");
}

}  // namespace
}  // namespace latchkey::testing
