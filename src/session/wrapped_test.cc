#include <atomic>

#include "tests/support/carrier_fixture.h"

namespace latchkey::testing {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr ValidateOptions kRead{.snapshot_ok = true};

class Hybrid : public CarrierFixture {
 protected:
  Hybrid() : a_(node(Carrier::hybrid)), b_(node(Carrier::hybrid)) {}
  std::unique_ptr<Sessions> a_;
  std::unique_ptr<Sessions> b_;
};

TEST_F(Hybrid, ASnapshotAnswersWithoutTheStore) {
  const NewSession made = log_in(*a_, "alice", {.attributes = R"({"theme":"dark"})", .level = 2});
  fail(StoreCall::find);
  const Validation validation = look(*b_, made.token.reveal(), kRead);
  ASSERT_EQ(validation.state, SessionState::active);
  EXPECT_TRUE(validation.from_snapshot);
  EXPECT_EQ(validation.session->id, made.record.id);
  EXPECT_EQ(validation.session->user_id.text(), "alice");
  EXPECT_EQ(validation.session->attributes, R"({"theme":"dark"})");
  EXPECT_EQ(validation.session->level, 2);
  EXPECT_EQ(validation.session->secret_hash, made.record.secret_hash);
  EXPECT_EQ(validation.session->absolute_expires_at, made.record.absolute_expires_at);
}

TEST_F(Hybrid, OnlyWhereTheCallerAllowsIt) {
  const std::string text = log_in(*a_).token.reveal();
  fail(StoreCall::find);
  EXPECT_FALSE(a_->validate(text)) << "the default asks the store";
  EXPECT_FALSE(a_->validate(text, {.fresh = true, .snapshot_ok = true}));
  EXPECT_FALSE(a_->validate(text, {.with_user = true, .snapshot_ok = true}));
  EXPECT_TRUE(a_->validate(text, kRead));
}

TEST_F(Hybrid, AnExpiredSnapshotFallsBackToTheStoreAndForcesNoCookie) {
  const NewSession made = log_in(*a_);
  clock_.advance(seconds{60} - Millis{1});
  EXPECT_TRUE(look(*a_, made.token.reveal(), kRead).from_snapshot);
  clock_.advance(Millis{1});
  const Validation validation = look(*a_, made.token.reveal(), kRead);
  ASSERT_EQ(validation.state, SessionState::active);
  EXPECT_FALSE(validation.from_snapshot);
  EXPECT_FALSE(validation.fresh);
  ASSERT_TRUE(validation.token) << "one may be written where a cookie costs nothing";
  EXPECT_TRUE(look(*b_, validation.token->reveal(), kRead).from_snapshot);
  EXPECT_FALSE(look(*a_, made.token.reveal(), {.touch = false}).token);
}

TEST_F(Hybrid, R29TheStatedBoundIsTheLifeOfASnapshot) {
  const NewSession made = log_in(*a_);
  ASSERT_TRUE(*a_->revoke(made.record));
  EXPECT_EQ(look(*a_, made.token.reveal(), kRead).state, SessionState::revoked)
      << "the node that ended it knows at once";
  EXPECT_EQ(look(*b_, made.token.reveal()).state, SessionState::revoked) << "and so does the store";
  EXPECT_EQ(look(*b_, made.token.reveal(), kRead).state, SessionState::active)
      << "a read on another node may still be answered";
  clock_.advance(seconds{60});
  EXPECT_EQ(look(*b_, made.token.reveal(), kRead).state, SessionState::revoked);
}

TEST_F(Hybrid, AnUpdateWithTheCookieAtHandWritesItAnew) {
  const NewSession made = log_in(*a_);
  clock_.advance(seconds{1});
  const std::string text = made.token.reveal();
  EXPECT_FALSE(a_->update(made.record, R"({"a":0})")->token) << "nothing to write it from";
  EXPECT_FALSE(a_->update(made.record, R"({"a":0})", log_in(*a_).token.reveal())->token);
  const auto updated = a_->update(made.record, R"({"a":1})", text);
  ASSERT_TRUE(updated && updated->token);
  const Validation there = look(*b_, updated->token->reveal(), kRead);
  EXPECT_TRUE(there.from_snapshot);
  EXPECT_EQ(there.session->attributes, R"({"a":1})") << "the other node reads the change at once";
  EXPECT_EQ(look(*b_, text, kRead).session->attributes, "") << "the old one, until its time is up";
}

TEST_F(Hybrid, EveryChangeOnThisNodeOutdatesItsSnapshots) {
  const NewSession made = log_in(*a_);
  clock_.advance(seconds{1});
  ASSERT_TRUE(a_->update(made.record, R"({"a":1})"));
  Validation validation = look(*a_, made.token.reveal(), kRead);
  EXPECT_FALSE(validation.from_snapshot);
  EXPECT_EQ(validation.session->attributes, R"({"a":1})");
  const auto rotated = a_->rotate(made.record);
  ASSERT_TRUE(rotated);
  EXPECT_EQ(look(*a_, made.token.reveal(), kRead).state, SessionState::none) << "the old secret";
  EXPECT_EQ(look(*b_, rotated->token.reveal(), kRead).state, SessionState::active);
  const NewSession other = log_in(*a_);
  clock_.advance(seconds{1});
  ASSERT_TRUE(a_->revoke_others(rotated->record));
  EXPECT_EQ(look(*a_, other.token.reveal(), kRead).state, SessionState::revoked);
  ASSERT_TRUE(a_->revoke_user(made.record.user_id));
  EXPECT_EQ(look(*a_, rotated->token.reveal(), kRead).state, SessionState::revoked);
}

TEST_F(Hybrid, ASnapshotServesNoOtherToken) {
  const std::string mine = log_in(*a_, "alice").token.reveal();
  const std::string other = log_in(*a_, "bob").token.reveal();
  const std::string mixed =
      other.substr(0, SessionToken::kLength) + mine.substr(SessionToken::kLength);
  const Validation validation = look(*a_, mixed, kRead);
  EXPECT_FALSE(validation.from_snapshot);
  EXPECT_EQ(validation.session->user_id.text(), "bob");
  std::string guessed = mine;
  guessed[SessionToken::kLength - 1] = guessed[SessionToken::kLength - 1] == 'A' ? 'B' : 'A';
  EXPECT_EQ(look(*a_, guessed, kRead).state, SessionState::none);
}

TEST_F(Hybrid, ASnapshotServesNoOtherIdWithTheSameSecret) {
  const std::string mine = log_in(*a_, "alice").token.reveal();
  const std::string other = log_in(*a_, "bob").token.reveal();
  const std::size_t id_end = SessionToken::kPrefix.size() + SessionId::kLength;
  const std::string mixed = other.substr(0, id_end) + mine.substr(id_end);
  const Validation validation = look(*a_, mixed, kRead);
  EXPECT_EQ(validation.state, SessionState::none);
  EXPECT_FALSE(validation.from_snapshot);
}

TEST_F(Hybrid, AFlippedBitOfTheSnapshotOnlyCostsARoundTrip) {
  const std::string text = log_in(*a_).token.reveal();
  for (std::size_t i = SessionToken::kLength + 1; i < text.size(); ++i) {
    std::string flipped = text;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    const Validation validation = look(*a_, flipped, kRead);
    ASSERT_EQ(validation.state, SessionState::active) << i;
    ASSERT_FALSE(validation.from_snapshot) << i;
  }
}

TEST_F(Hybrid, ASnapshotNeverOutlivesTheSessionsDeadlines) {
  Policy policy = Policy::fixed(seconds{10});
  policy.guest = seconds{10};
  const auto brief = node(Carrier::hybrid, {.policy = policy});
  const std::string text = log_in(*brief).token.reveal();
  clock_.advance(seconds{10});
  EXPECT_EQ(look(*brief, text, kRead).state, SessionState::expired);
}

TEST_F(Hybrid, ABareTokenOpensSoThatStoredSessionsMove) {
  const auto stored = node(Carrier::stored);
  const std::string bare = log_in(*stored).token.reveal();
  const Validation validation = look(*a_, bare);
  ASSERT_EQ(validation.state, SessionState::active);
  EXPECT_TRUE(validation.token.has_value());
}

TEST_F(Hybrid, WhatDoesNotFitTravelsWithoutASnapshot) {
  const std::string filler(kMaxAttributesBytes - 8, 'x');
  const NewSession made = log_in(*a_, "alice", {.attributes = R"({"a":")" + filler + R"("})"});
  EXPECT_EQ(made.token.reveal().size(), SessionToken::kLength);
  EXPECT_TRUE(a_->set_cookie(made.token, made.record));
  EXPECT_EQ(look(*a_, made.token.reveal(), kRead).state, SessionState::active);
}

TEST_F(Hybrid, ASnapshotLivesForFiveMinutesAtMost) {
  for (const Millis life : {Millis{0}, Millis{minutes{5}} + Millis{1}}) {
    EXPECT_EQ(Sessions::open(*store_, {.carrier = Carrier::hybrid, .keys = keys_, .snapshot = life})
                  .error()
                  .code,
              Errc::bad_config);
  }
  EXPECT_TRUE(
      Sessions::open(*store_, {.carrier = Carrier::hybrid, .keys = keys_, .snapshot = minutes{5}}));
}

TEST_F(Hybrid, SessionsCanBeListedAndTouched) {
  const NewSession made = log_in(*a_);
  EXPECT_EQ(a_->list(made.record.user_id)->records.size(), 1U);
  clock_.advance(days{1});
  EXPECT_EQ(a_->touch(made.record)->record.idle_expires_at, clock_.now() + days{14});
}

class EncryptedId : public CarrierFixture {
 protected:
  EncryptedId() : a_(node(Carrier::encrypted_id)), b_(node(Carrier::encrypted_id)) {}
  std::unique_ptr<Sessions> a_;
  std::unique_ptr<Sessions> b_;
};

TEST_F(EncryptedId, TheCookieNamesNoSession) {
  const NewSession made = log_in(*a_);
  const std::string text = made.token.reveal();
  EXPECT_EQ(text.find(made.record.id.text()), std::string::npos);
  EXPECT_LT(text.size(), 180U);
  EXPECT_EQ(state(*b_, text), SessionState::active);
  EXPECT_TRUE(*b_->revoke(made.record.id));
  EXPECT_EQ(state(*a_, text), SessionState::revoked);
}

TEST_F(EncryptedId, ABareTokenAndAnyFlippedBitAreRefused) {
  const auto stored = node(Carrier::stored);
  EXPECT_EQ(state(*a_, log_in(*stored).token.reveal()), SessionState::none);
  const std::string text = log_in(*a_).token.reveal();
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = text;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      ASSERT_EQ(state(*a_, flipped), SessionState::none) << i << " " << bit;
    }
  }
}

TEST_F(EncryptedId, KeysRotateAndUnknownOnesLeaveTheCookie) {
  const std::string text = log_in(*a_).token.reveal();
  keys_->set(make_ring(ring_key("b", KeyState::primary, kSecretB),
                       ring_key("a", KeyState::read_only, kSecretA)));
  const Validation validation = look(*a_, text);
  ASSERT_EQ(validation.state, SessionState::active);
  ASSERT_TRUE(validation.fresh);
  keys_->set(make_ring(ring_key("b", KeyState::primary, kSecretB)));
  EXPECT_TRUE(look(*a_, text).keep_cookie);
  EXPECT_EQ(state(*a_, validation.token->reveal()), SessionState::active);
}

class CarrierOptions : public CarrierFixture {};

TEST_F(CarrierOptions, ACarrierWithoutKeysIsRefusedWithAdvice) {
  for (const Carrier carrier :
       {Carrier::encrypted_id, Carrier::hybrid, Carrier::sealed, Carrier::signed_token}) {
    const auto opened = Sessions::open(*store_, {.carrier = carrier});
    ASSERT_FALSE(opened) << carrier_name(carrier);
    EXPECT_EQ(opened.error().code, Errc::bad_config);
    EXPECT_NE(opened.error().detail.find("latchkey key new"), std::string::npos);
    EXPECT_EQ(find_carrier(carrier_name(carrier)), carrier);
  }
  EXPECT_EQ(find_carrier("stored"), Carrier::stored);
  EXPECT_FALSE(find_carrier("signed_token"));
}

// attempt creates a session whose cookie grows with `filler`; too_large is the only failure.
Result<NewSession> attempt(Sessions& sessions, std::size_t filler) {
  return sessions.create(*UserId::parse("alice"),
                         {.attributes = R"({"a":")" + std::string(filler, 'x') + R"("})"});
}

TEST_F(CarrierOptions, R36ACookieOf4096OctetsIsWrittenAndOneMoreIsAnErrorThatNamesTheSize) {
  for (const Carrier carrier : {Carrier::sealed, Carrier::signed_token}) {
    bool exact = false;
    // Three bytes make two to four characters, so the name decides which sizes occur.
    for (std::size_t pad = 0; pad < 4; ++pad) {
      const std::string name = "__Host-s" + std::string(pad, 's');
      const auto sessions = node(carrier, {.cookie = {.name = name}});
      std::size_t filler = 2500;
      std::size_t size = 0;
      Result<NewSession> made = attempt(*sessions, filler);
      for (; made; made = attempt(*sessions, ++filler)) {
        size = name.size() + made->token.reveal().size();
        ASSERT_LE(size, kMaxCookieBytes);
        EXPECT_TRUE(sessions->set_cookie(made->token, made->record));
      }
      exact = exact || size == kMaxCookieBytes;
      EXPECT_GT(size, kMaxCookieBytes - 3);
      EXPECT_EQ(made.error().code, Errc::too_large);
      const std::string& detail = made.error().detail;
      const bool named = detail.find("cookie of 4097 ") != std::string::npos ||
                         detail.find("cookie of 4098 ") != std::string::npos;
      EXPECT_TRUE(named) << detail;
      const std::string patch = R"({"a":")" + std::string(filler, 'x') + R"("})";
      EXPECT_EQ(sessions->update(log_in(*sessions).record, patch).error().code, Errc::too_large);
    }
    EXPECT_TRUE(exact) << carrier_name(carrier);
  }
}

TEST_F(CarrierOptions, AttributesAreOneLevelShallowerInClaims) {
  const auto nested = [](std::size_t depth) {
    return R"({"a":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  const auto sealed = node(Carrier::sealed);
  EXPECT_EQ(state(*sealed, log_in(*sealed, "alice", {.attributes = nested(16)}).token.reveal()),
            SessionState::active);
  const auto with_claims = node(Carrier::signed_token);
  const NewSession made = log_in(*with_claims, "alice", {.attributes = nested(15)});
  EXPECT_EQ(look(*with_claims, made.token.reveal()).session->attributes, nested(15));
  const auto refused = with_claims->create(*UserId::parse("alice"), {.attributes = nested(16)});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);
}

TEST_F(CarrierOptions, ALongSessionIsCutIntoFourCookiesAtMost) {
  const auto sessions = node(Carrier::sealed, {.cookie = {.name = "__Host-s"}, .max_chunks = 4});
  const std::string filler(7000, 'x');
  const NewSession made =
      log_in(*sessions, "alice", {.attributes = R"({"a":")" + filler + R"("})"});
  const auto cookies = sessions->set_cookies(made.token, made.record, {});
  ASSERT_TRUE(cookies);
  ASSERT_EQ(cookies->size(), 3U);
  std::string line = "x=y";
  for (const std::string& cookie : *cookies) {
    const std::string pair = cookie.substr(0, cookie.find(';'));
    EXPECT_LE(pair.size() - 1, kMaxCookieBytes);
    line += "; " + pair;
  }
  const std::string_view lines[] = {line};
  const auto text = sessions->read_cookie(lines);
  ASSERT_TRUE(text);
  EXPECT_EQ(state(*sessions, *text), SessionState::active);

  const NewSession brief = log_in(*sessions);
  const auto fewer = sessions->set_cookies(brief.token, brief.record, lines);
  ASSERT_EQ(fewer->size(), 4U) << "one cookie, and three chunks that must go";
  EXPECT_EQ(fewer->front().substr(0, 9), "__Host-s=");
  for (std::size_t i = 1; i < fewer->size(); ++i) {
    EXPECT_EQ((*fewer)[i].find("__Host-s." + std::to_string(i - 1) + "=; Max-Age=0"), 0U);
  }
  EXPECT_EQ(sessions->blank_cookies(lines).size(), 4U);
  const std::string_view nothing[] = {"a=b"};
  EXPECT_FALSE(sessions->read_cookie(nothing));
  EXPECT_EQ(sessions->blank_cookies(nothing).size(), 1U);
}

TEST_F(CarrierOptions, TheMostThatFitsIntoFourCookiesIsChecked) {
  const auto sessions =
      node(Carrier::signed_token, {.cookie = {.name = "__Host-s"}, .max_chunks = 2});
  const std::string filler(7000, 'x');
  const auto made =
      sessions->create(*UserId::parse("alice"), {.attributes = R"({"a":")" + filler + R"("})"});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::too_large);
}

TEST_F(CarrierOptions, WhatIsMadeForSeveralCookiesAlwaysFitsThem) {
  const auto sessions = node(Carrier::sealed, {.cookie = {.name = "__Host-s"}, .max_chunks = 2});
  std::size_t filler = 5900;
  Result<NewSession> made = attempt(*sessions, filler);
  for (; made; made = attempt(*sessions, ++filler)) {
    ASSERT_TRUE(sessions->set_cookies(made->token, made->record, {})) << filler;
  }
  EXPECT_GT(filler, 5900U);
  EXPECT_EQ(made.error().code, Errc::too_large);
}

TEST_F(CarrierOptions, WithoutChunksTheCookieIsReadAsItIs) {
  const auto sessions = node(Carrier::stored);
  const std::string_view one[] = {"a=b; __Host-session=value"};
  EXPECT_EQ(sessions->read_cookie(one), "value");
  const std::string_view twice[] = {"__Host-session=1; __Host-session=2"};
  EXPECT_FALSE(sessions->read_cookie(twice));
  const NewSession made = log_in(*sessions);
  const auto cookies = sessions->set_cookies(made.token, made.record, one);
  ASSERT_EQ(cookies->size(), 1U);
  EXPECT_EQ(cookies->front(), *sessions->set_cookie(made.token, made.record));
}

}  // namespace
}  // namespace latchkey::testing
