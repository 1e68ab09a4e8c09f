#include <array>
#include <atomic>
#include <thread>

#include "base/base64url.h"
#include "tests/support/carrier_fixture.h"

namespace latchkey::testing {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

class Stateless : public CarrierFixture, public ::testing::WithParamInterface<Carrier> {
 protected:
  Stateless() : a_(node(GetParam())), b_(node(GetParam())) {}
  std::unique_ptr<Sessions> a_;  // two nodes on one store
  std::unique_ptr<Sessions> b_;
};
INSTANTIATE_TEST_SUITE_P(Carriers, Stateless,
                         ::testing::Values(Carrier::sealed, Carrier::signed_token),
                         [](const auto& carrier) {
                           return std::string(carrier_name(carrier.param));
                         });

TEST_P(Stateless, ASessionLivesInItsCookieAndOpensOnEveryNode) {
  const NewSession made =
      log_in(*a_, "alice", {.attributes = R"({"theme":"dark","n":[1,2]})", .level = 2});
  EXPECT_FALSE(inner_->sessions().find(std::span(&made.record.id, 1), {})->front().record);
  const Validation validation = look(*b_, made.token.reveal());
  ASSERT_EQ(validation.state, SessionState::active);
  const SessionRecord& record = *validation.session;
  EXPECT_EQ(record.id, made.record.id);
  EXPECT_EQ(record.user_id.text(), "alice");
  EXPECT_EQ(record.attributes, R"({"theme":"dark","n":[1,2]})");
  EXPECT_EQ(record.level, 2);
  EXPECT_EQ(record.created_at, clock_.now());
  EXPECT_EQ(record.authenticated_at, clock_.now());
  EXPECT_EQ(record.idle, days{14});
  EXPECT_EQ(record.idle_expires_at, clock_.now() + days{14});
  EXPECT_EQ(record.absolute_expires_at, clock_.now() + days{30});
  EXPECT_EQ(record.idle_expires_at, made.record.idle_expires_at);
  EXPECT_TRUE(record.persistent);
  EXPECT_FALSE(validation.fresh);
  EXPECT_EQ(made.token.insecure_secret(), "") << "there is no secret but the text";
}

TEST_P(Stateless, OnlyTheSignedFormCanBeRead) {
  const NewSession made = log_in(*a_, "somebody@example.org");
  std::string bytes;
  const std::string text = made.token.reveal();
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = std::min(text.find_first_of("._", i), text.size());
    if (auto part = base64url_decode(text.substr(i, end - i))) {
      bytes.append(part->begin(), part->end());
    }
    i = end + 1;
  }
  EXPECT_EQ(bytes.find("somebody@example.org") != std::string::npos,
            GetParam() == Carrier::signed_token);
}

TEST_P(Stateless, R21ACopiedCookieIsRefusedOnEveryNodeAfterLogOut) {
  const NewSession made = log_in(*a_);
  const std::string stolen = made.token.reveal();
  ASSERT_EQ(state(*b_, stolen), SessionState::active);
  EXPECT_TRUE(*a_->revoke(*look(*a_, stolen).session));
  EXPECT_EQ(state(*a_, stolen), SessionState::revoked);
  EXPECT_EQ(state(*b_, stolen), SessionState::revoked);
  EXPECT_FALSE(*a_->revoke(made.record)) << "it had ended already";
}

TEST_P(Stateless, R21RevokingByIdEndsItToo) {
  const NewSession made = log_in(*a_);
  EXPECT_TRUE(*b_->revoke(made.record.id));
  EXPECT_EQ(state(*a_, made.token.reveal()), SessionState::revoked);
}

TEST_P(Stateless, R22ADisabledUserHasNoSession) {
  StoredUser user;
  user.user.id = *UserId::parse("alice");
  user.username_key = "alice";
  ASSERT_TRUE(*inner_->users().add_user(user));
  const NewSession made = log_in(*a_);
  EXPECT_EQ(look(*a_, made.token.reveal(), {.with_user = true}).user->id.text(), "alice");
  EXPECT_FALSE(look(*a_, made.token.reveal()).user) << "nobody asked";
  ASSERT_TRUE(*inner_->users().set_disabled(user.user.id, true));
  EXPECT_EQ(state(*b_, made.token.reveal()), SessionState::none);
  EXPECT_TRUE(look(*b_, made.token.reveal(), {.disabled_too = true}).session) << "to be ended";
  ASSERT_TRUE(*inner_->users().set_disabled(user.user.id, false));
  EXPECT_EQ(state(*b_, made.token.reveal()), SessionState::active);
}

TEST_P(Stateless, R22EndingEverythingOfAUserEndsWhatNoRowHolds) {
  const NewSession first = log_in(*a_);
  const NewSession second = log_in(*b_);
  const NewSession other = log_in(*b_, "bob");
  ASSERT_TRUE(a_->revoke_user(*UserId::parse("alice")));
  EXPECT_EQ(state(*b_, first.token.reveal()), SessionState::revoked);
  EXPECT_EQ(state(*b_, second.token.reveal()), SessionState::revoked);
  EXPECT_EQ(state(*b_, other.token.reveal()), SessionState::active);
  EXPECT_EQ(state(*b_, log_in(*a_).token.reveal()), SessionState::active);
}

TEST_P(Stateless, ALoginThatRacedAChangeOfPasswordFails) {
  const std::int64_t before = *inner_->epochs().user_epoch(*UserId::parse("alice"));
  ASSERT_TRUE(a_->revoke_user(*UserId::parse("alice")));
  const auto late = a_->create(*UserId::parse("alice"), {.user_epoch = before});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::user_changed);
  EXPECT_TRUE(a_->create(*UserId::parse("alice"), {.user_epoch = before + 1}));
}

TEST_P(Stateless, TheOthersEndAndThisOneIsWrittenAnew) {
  const NewSession mine = log_in(*a_);
  const NewSession other = log_in(*b_);
  const auto ended = a_->revoke_others(mine.record);
  ASSERT_TRUE(ended);
  ASSERT_TRUE(ended->kept.token);
  EXPECT_EQ(ended->kept.record.id, mine.record.id);
  EXPECT_EQ(state(*b_, ended->kept.token->reveal()), SessionState::active);
  EXPECT_EQ(state(*b_, mine.token.reveal()), SessionState::revoked) << "the old text";
  EXPECT_EQ(state(*b_, other.token.reveal()), SessionState::revoked);
  const auto late = b_->revoke_others(other.record);
  ASSERT_FALSE(late) << "an ended session ends no other";
  EXPECT_EQ(late.error().code, Errc::not_found);
  EXPECT_EQ(state(*b_, ended->kept.token->reveal()), SessionState::active);
}

TEST_P(Stateless, OfParallelRevocationsOfTheOthersOneSurvivesAtMost) {
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<NewSession> sessions;
    for (int i = 0; i < 4; ++i) sessions.push_back(log_in(*a_));
    std::vector<std::string> kept(sessions.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < sessions.size(); ++i) {
      threads.emplace_back([&, i] {
        auto ended = (i % 2 == 0 ? a_ : b_)->revoke_others(sessions[i].record);
        if (ended) kept[i] = ended->kept.token->reveal();
      });
    }
    for (std::thread& thread : threads) thread.join();
    int alive = 0;
    for (const std::string& text : kept) {
      if (!text.empty() && state(*a_, text) == SessionState::active) ++alive;
    }
    EXPECT_LE(alive, 1);
    for (const NewSession& session : sessions) {
      EXPECT_EQ(state(*a_, session.token.reveal()), SessionState::revoked);
    }
  }
}

TEST_P(Stateless, AChangeOfPasswordCanKeepItsOwnSession) {
  const NewSession mine = log_in(*a_);
  const std::int64_t epoch =
      inner_->sessions().remove_user(mine.record.user_id, {.bump_epoch = true})->user_epoch;
  const auto again = a_->reissue(mine.record, epoch);
  ASSERT_TRUE(again);
  EXPECT_EQ(state(*b_, again->token.reveal()), SessionState::active);
  EXPECT_EQ(again->record.id, mine.record.id);
  ASSERT_TRUE(a_->revoke_user(mine.record.user_id));
  const auto late = a_->reissue(mine.record, epoch);
  ASSERT_FALSE(late) << "another change came in between";
  EXPECT_EQ(late.error().code, Errc::not_found);
}

TEST_P(Stateless, ASessionExpiresAtItsMillisecond) {
  const std::string text = log_in(*a_).token.reveal();
  clock_.advance(days{14} - milliseconds{1});
  EXPECT_EQ(look(*a_, text, {.touch = false}).state, SessionState::active);
  clock_.advance(milliseconds{1});
  EXPECT_EQ(state(*a_, text), SessionState::expired);
}

TEST_P(Stateless, R18AtHalfLifeTokenAndCookieAreRenewedTogether) {
  const NewSession made = log_in(*a_);
  clock_.advance(days{7} - milliseconds{1});
  EXPECT_FALSE(look(*a_, made.token.reveal()).fresh);
  clock_.advance(milliseconds{1});
  EXPECT_FALSE(look(*a_, made.token.reveal(), {.touch = false}).fresh);
  const Validation renewed = look(*a_, made.token.reveal());
  ASSERT_TRUE(renewed.fresh);
  ASSERT_TRUE(renewed.token);
  EXPECT_EQ(renewed.session->idle_expires_at, clock_.now() + days{14});
  const std::string cookie = *a_->set_cookie(*renewed.token, *renewed.session);
  EXPECT_NE(cookie.find("Max-Age=" + std::to_string(14 * 86400) + ";"), std::string::npos);
  EXPECT_TRUE(look(*b_, made.token.reveal()).fresh) << "until the new one arrives";
  clock_.advance(days{8});
  EXPECT_EQ(state(*b_, made.token.reveal()), SessionState::expired);
  EXPECT_EQ(state(*b_, renewed.token->reveal()), SessionState::active);
}

TEST_P(Stateless, RenewalNeverPassesTheAbsoluteDeadline) {
  std::string text = log_in(*a_).token.reveal();
  for (int day = 0; day < 29; ++day) {
    clock_.advance(days{1});
    const Validation validation = look(*a_, text);
    ASSERT_EQ(validation.state, SessionState::active) << day;
    if (validation.fresh) text = validation.token->reveal();
  }
  clock_.advance(days{1});
  EXPECT_EQ(state(*a_, text), SessionState::expired);
}

TEST_P(Stateless, ADenialOutlivesEveryTokenOfItsSessionAndNoMore) {
  const NewSession made = log_in(*a_);
  clock_.advance(days{8});
  const Validation renewed = look(*b_, made.token.reveal());
  ASSERT_TRUE(renewed.fresh);
  ASSERT_TRUE(*a_->revoke(made.record)) << "by the older of its records";
  clock_.set(renewed.session->idle_expires_at - milliseconds{1});
  ASSERT_TRUE(a_->prune());
  EXPECT_EQ(state(*b_, renewed.token->reveal()), SessionState::revoked);
  clock_.advance(minutes{2});
  EXPECT_EQ(*a_->prune(), 1U) << "the denial has gone with the last token";
  EXPECT_EQ(state(*b_, renewed.token->reveal()), SessionState::expired);
}

TEST_P(Stateless, ADenialEndsWithTheAbsoluteDeadline) {
  NewSession made = log_in(*a_);
  for (int day = 0; day < 29; ++day) {
    clock_.advance(days{1});
    Validation seen = look(*a_, made.token.reveal());
    ASSERT_EQ(seen.state, SessionState::active);
    if (seen.token) made = {std::move(*seen.token), *seen.session};
  }
  ASSERT_TRUE(*a_->revoke(made.record));
  clock_.advance(days{1} - Millis{1});
  EXPECT_EQ(*a_->prune(), 0U);
  clock_.advance(Millis{1});
  EXPECT_EQ(*a_->prune(), 1U);
}

TEST_P(Stateless, UnderAPolicyWithoutPersistentCookiesEverySessionLivesAsLong) {
  SessionsOptions options;
  options.policy.persistent = false;
  const auto sessions = node(GetParam(), std::move(options));
  const NewSession made = log_in(*sessions);
  const Validation seen = look(*sessions, made.token.reveal());
  ASSERT_EQ(seen.state, SessionState::active);
  EXPECT_EQ(seen.session->idle, days{14});
}

// M11: how long a denial has to live is decided by the session, not by the policy of today.
TEST_P(Stateless, ADenialOutlivesASessionOfALongerPolicyThanTodays) {
  SessionsOptions shortened;
  shortened.policy.idle = hours{1};
  shortened.policy.absolute = hours{2};
  shortened.policy.browser_idle = shortened.policy.browser_absolute = hours{1};
  shortened.policy.guest = hours{1};
  const auto today = node(GetParam(), std::move(shortened));
  const NewSession by_id = log_in(*a_);
  const NewSession by_record = log_in(*a_);
  ASSERT_TRUE(*today->revoke(by_id.record.id));
  ASSERT_TRUE(*today->revoke(*look(*today, by_record.token.reveal()).session));
  for (const NewSession* made : {&by_id, &by_record}) {
    clock_.set(made->record.idle_expires_at - milliseconds{1});
    ASSERT_TRUE(today->prune());
    EXPECT_EQ(state(*today, made->token.reveal()), SessionState::revoked);
    EXPECT_EQ(state(*a_, made->token.reveal()), SessionState::revoked);
  }
}

TEST_P(Stateless, AStoreThatFailsLogsNobodyOut) {
  const NewSession made = log_in(*a_);
  fail(StoreCall::standing);
  const auto validation = a_->validate(made.token.reveal());
  ASSERT_FALSE(validation);
  EXPECT_EQ(validation.error().code, Errc::store_unavailable);
  fail(StoreCall::deny);
  EXPECT_FALSE(a_->revoke(made.record));
  fail(StoreCall::user_epoch);
  EXPECT_FALSE(a_->create(*UserId::parse("alice")));
  fail(StoreCall::check, false);
  EXPECT_EQ(state(*a_, made.token.reveal()), SessionState::active);
}

TEST_P(Stateless, OneRoundTripAValidation) {
  const std::string text = log_in(*a_).token.reveal();
  const std::uint64_t before = calls_;
  ASSERT_EQ(look(*a_, text, {.with_user = true}).state, SessionState::active);
  EXPECT_EQ(calls_ - before, 1U);
}

TEST_P(Stateless, AnUpdateIsARenewedCookieWithTheSameDeadline) {
  const NewSession made = log_in(*a_, "alice", {.attributes = R"({"a":1,"b":2})"});
  clock_.advance(days{1});
  const auto updated = a_->update(made.record, R"({"a":null,"c":3})");
  ASSERT_TRUE(updated);
  ASSERT_TRUE(updated->token);
  const Validation validation = look(*b_, updated->token->reveal());
  EXPECT_EQ(validation.session->attributes, R"({"b":2,"c":3})");
  EXPECT_EQ(validation.session->idle_expires_at, made.record.idle_expires_at);
  EXPECT_FALSE(a_->update(made.record, "[]"));
  ASSERT_TRUE(a_->revoke(made.record));
  EXPECT_EQ(a_->update(made.record, "{}").error().code, Errc::not_found);
  EXPECT_EQ(state(*a_, updated->token->reveal()), SessionState::revoked) << "the same session";
}

TEST_P(Stateless, AnExplicitTouchSlides) {
  const NewSession made = log_in(*a_);
  clock_.advance(days{1});
  const auto touched = a_->touch(made.record);
  ASSERT_TRUE(touched && touched->token);
  EXPECT_EQ(touched->record.idle_expires_at, clock_.now() + days{14});
  EXPECT_EQ(touched->record.last_seen_at, clock_.now());
  EXPECT_EQ(look(*b_, touched->token->reveal()).session->idle_expires_at,
            touched->record.idle_expires_at);
  ASSERT_TRUE(a_->revoke(made.record.id));
  EXPECT_EQ(a_->touch(touched->record).error().code, Errc::not_found);
}

TEST_P(Stateless, AnExpiredSessionChangesNoMore) {
  const NewSession made = log_in(*a_);
  clock_.advance(days{15});
  EXPECT_EQ(a_->update(made.record, "{}").error().code, Errc::not_found);
  EXPECT_EQ(a_->touch(made.record).error().code, Errc::not_found);
  EXPECT_EQ(a_->rotate(made.record).error().code, Errc::not_found);
}

TEST_P(Stateless, AChangeOfLevelIsANewIdAndTheOldTokenEnds) {
  const NewSession made = log_in(*a_, "alice", {.attributes = R"({"a":1})"});
  clock_.advance(hours{1});
  const auto raised = a_->rotate(made.record, {.level = 2});
  ASSERT_TRUE(raised);
  EXPECT_NE(raised->record.id, made.record.id);
  const Validation validation = look(*b_, raised->token.reveal());
  EXPECT_EQ(validation.session->level, 2);
  EXPECT_EQ(validation.session->authenticated_at, clock_.now());
  EXPECT_EQ(validation.session->attributes, R"({"a":1})");
  EXPECT_EQ(validation.session->absolute_expires_at, made.record.absolute_expires_at);
  EXPECT_EQ(state(*b_, made.token.reveal()), SessionState::revoked);
  EXPECT_EQ(a_->rotate(made.record).error().code, Errc::not_found);
  EXPECT_EQ(a_->rotate(raised->record, {.grace = milliseconds{1}, .current = &raised->token})
                .error()
                .code,
            Errc::unsupported);
}

TEST_P(Stateless, OfParallelRotationsOneWins) {
  const NewSession made = log_in(*a_);
  std::atomic<int> won{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { won += a_->rotate(made.record) ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

TEST_P(Stateless, AGuestBecomesAUser) {
  const auto guest = a_->create_guest({.attributes = R"({"cart":[7],"x":1})"});
  ASSERT_TRUE(guest);
  const Validation seen = look(*b_, guest->token.reveal());
  ASSERT_EQ(seen.state, SessionState::active);
  EXPECT_TRUE(seen.session->user_id.empty());
  const auto made = a_->attach(*seen.session, *UserId::parse("alice"), {.carry = {"cart"}});
  ASSERT_TRUE(made);
  EXPECT_EQ(look(*b_, made->token.reveal()).session->attributes, R"({"cart":[7]})");
  EXPECT_EQ(state(*b_, guest->token.reveal()), SessionState::revoked);
  EXPECT_EQ(a_->attach(*seen.session, *UserId::parse("bob")).error().code, Errc::not_found);
  EXPECT_EQ(a_->revoke_others(guest->record).error().code, Errc::invalid_argument);
}

TEST_P(Stateless, WhatNeedsARowIsUnsupported) {
  const NewSession made = log_in(*a_);
  const UserId alice = *UserId::parse("alice");
  EXPECT_EQ(a_->list(alice).error().code, Errc::unsupported);
  EXPECT_EQ(a_->update(made.record.id, "{}").error().code, Errc::unsupported);
  EXPECT_EQ(a_->rotate(made.record.id).error().code, Errc::unsupported);
  EXPECT_EQ(a_->touch(made.record.id).error().code, Errc::unsupported);
  EXPECT_EQ(a_->attach(made.record.id, alice).error().code, Errc::unsupported);
  EXPECT_EQ(a_->revoke_user(alice, made.record.id).error().code, Errc::unsupported);
  EXPECT_EQ(state(*a_, made.token.reveal()), SessionState::active);
}

TEST_P(Stateless, EveryFlippedBitIsRefused) {
  const std::string text = log_in(*a_).token.reveal();
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = text;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      const Validation validation = look(*a_, flipped);
      ASSERT_EQ(validation.state, SessionState::none) << "octet " << i << " bit " << bit;
    }
  }
  for (std::size_t size = 0; size < text.size(); ++size) {
    ASSERT_EQ(state(*a_, text.substr(0, size)), SessionState::none);
  }
  EXPECT_EQ(state(*a_, text + "A"), SessionState::none);
}

TEST_P(Stateless, R114TextForAnotherCookieOrAnotherFormIsRefused) {
  const auto other = node(GetParam(), {.cookie = {.name = "__Host-other"}});
  const std::string text = log_in(*other).token.reveal();
  if (GetParam() == Carrier::sealed) {
    EXPECT_EQ(state(*a_, text), SessionState::none);
  }
  const auto stored = node(Carrier::stored);
  EXPECT_EQ(state(*a_, log_in(*stored).token.reveal()), SessionState::none);
  const auto encrypted = node(Carrier::encrypted_id);
  EXPECT_EQ(state(*a_, log_in(*encrypted).token.reveal()), SessionState::none);
}

TEST_P(Stateless, AnUnknownKeyLeavesTheCookieUntouchedAndAGoneOneDoesNot) {
  const std::string text = log_in(*a_).token.reveal();
  keys_->set(make_ring(ring_key("b", KeyState::primary, kSecretB)));
  Validation validation = look(*a_, text);
  EXPECT_EQ(validation.state, SessionState::none);
  EXPECT_TRUE(validation.keep_cookie);
  keys_->set(make_ring(ring_key("b", KeyState::primary, kSecretB),
                       ring_key("a", KeyState::gone, kSecretA)));
  validation = look(*a_, text);
  EXPECT_EQ(validation.state, SessionState::none);
  EXPECT_FALSE(validation.keep_cookie);
  keys_->set(make_ring(ring_key("b", KeyState::primary, kSecretB),
                       ring_key("a", KeyState::read_only, kSecretA)));
  EXPECT_EQ(state(*a_, text), SessionState::active);
}

TEST_P(Stateless, R110ATokenOfAKeyThatOnlyReadsIsWrittenAnewWithoutALongerLife) {
  const NewSession made = log_in(*a_);
  keys_->set(make_ring(ring_key("b", KeyState::primary, kSecretB),
                       ring_key("a", KeyState::read_only, kSecretA)));
  clock_.advance(hours{1});
  const Validation validation = look(*a_, made.token.reveal());
  ASSERT_TRUE(validation.fresh);
  EXPECT_EQ(validation.session->idle_expires_at, made.record.idle_expires_at);
  EXPECT_EQ(validation.session->last_seen_at, made.record.last_seen_at);
  keys_->set(make_ring(ring_key("b", KeyState::primary, kSecretB)));
  EXPECT_EQ(state(*a_, made.token.reveal()), SessionState::none);
  EXPECT_EQ(state(*a_, validation.token->reveal()), SessionState::active);
}

TEST_P(Stateless, R110RotationUnderLoadLogsNobodyOut) {
  const UnixTime start = clock_.now();
  std::atomic<bool> stop{false};
  std::array<std::atomic<int>, 3> validated{};
  std::vector<std::thread> clients;
  for (std::size_t i = 0; i < validated.size(); ++i) {
    std::string text = log_in(*a_, "user" + std::to_string(i)).token.reveal();
    clients.emplace_back([&, i, text]() mutable {
      for (std::uint64_t n = 0; !stop; ++n) {
        const Validation validation = look(n % 2 == 0 ? *a_ : *b_, text);
        EXPECT_EQ(validation.state, SessionState::active);
        if (validation.fresh) text = validation.token->reveal();
        ++validated[i];
      }
    });
  }
  const auto serve_some = [&] {
    for (const std::atomic<int>& count : validated) {
      const int from = count;
      while (count < from + 3) std::this_thread::yield();
    }
  };
  const std::vector<std::string_view> secrets{kSecretA, kSecretB};
  for (std::size_t round = 0; round < 6; ++round) {
    const auto now = [&](KeyState state, UnixTime activates = {}) {
      return ring_key("k" + std::to_string(round), state, secrets[round % 2], activates);
    };
    const auto next = [&](KeyState state, UnixTime activates = {}) {
      return ring_key("k" + std::to_string(round + 1), state, secrets[(round + 1) % 2], activates);
    };
    if (round == 0) {
      keys_->set(make_ring(now(KeyState::primary), ring_key("a", KeyState::read_only, kSecretA)));
      serve_some();
    }
    keys_->set(make_ring(now(KeyState::primary), next(KeyState::next, start + hours{round + 1})));
    serve_some();
    clock_.advance(hours{1});  // the next key writes now
    serve_some();
    keys_->set(make_ring(next(KeyState::primary), now(KeyState::read_only)));
    serve_some();  // every client has been here: nothing of the old key is left
  }
  stop = true;
  for (std::thread& client : clients) client.join();
}

TEST_P(Stateless, AValidKeyWithHostileContentIsRefused) {
  // R123: what a key holder of another time wrote is data, and is checked as such.
  const NewSession made = log_in(*a_);
  SessionRecord hostile = made.record;
  hostile.level = 9;
  const auto touched = a_->touch(hostile);
  ASSERT_TRUE(touched && touched->token);
  EXPECT_EQ(state(*a_, touched->token->reveal()), SessionState::none);
}

}  // namespace
}  // namespace latchkey::testing
