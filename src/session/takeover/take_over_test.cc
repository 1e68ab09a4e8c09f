#include "session/takeover/take_over.h"

#include <atomic>
#include <thread>

#include "codec/jose/jose.h"
#include "session/takeover/foreign_cookies.h"
#include "tests/support/carrier_fixture.h"

namespace latchkey::testing {
namespace {

using session::TakeOver;
using session::TakeOverStatus;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

constexpr std::string_view kSession = R"({"user":{"id":7},"theme":"dark","isLoggedIn":true})";

class TakeOverTest : public CarrierFixture {
 protected:
  static Sealer sealer(Millis ttl = days{14}) {
    std::vector<SealPassword> passwords;
    passwords.push_back({"1", SealSecret::text(kSecretA)});
    auto made = Sealer::make(std::move(passwords), {.ttl = ttl, .allow_missing_expiry = true});
    EXPECT_TRUE(made) << made.error().detail;
    return std::move(*made);
  }
  static AuthjsCookies authjs() {
    std::vector<SecretBytes> secrets;
    secrets.emplace_back(kSecretB);
    return std::move(*AuthjsCookies::make(secrets, {}));
  }
  std::string sealed(std::string_view json = kSession, Millis ttl = days{14}) {
    return *sealer(ttl).seal(json, clock_.now()) + "~2";
  }
  TakeOver take(std::string_view text) {
    auto outcome = session::take_over(*iron_, text, *node_, *store_, {}, clock_.now());
    EXPECT_TRUE(outcome) << outcome.error().detail;
    return std::move(*outcome);
  }
  TakeOverStatus status(std::string_view text) { return take(text).status; }

  std::unique_ptr<Sessions> node_ = node(Carrier::stored);
  std::unique_ptr<session::ForeignSource> iron_ =
      session::make_iron_source(sealer(), {.user = "user.id"});
};

TEST_F(TakeOverTest, ASealOfIronSessionBecomesASessionOfOurs) {
  const TakeOver outcome = take(sealed());
  ASSERT_EQ(outcome.status, TakeOverStatus::taken);
  const SessionRecord& record = outcome.session->record;
  EXPECT_EQ(record.user_id.text(), "7");
  EXPECT_EQ(record.attributes, kSession);
  EXPECT_EQ(record.level, 1);
  EXPECT_EQ(record.authenticated_at, UnixTime{}) << "nobody proved who they are";
  EXPECT_EQ(state(*node_, outcome.session->token.reveal()), SessionState::active);
}

TEST_F(TakeOverTest, ACookieIsTakenOverOnceInWhateverFormItComes) {
  const std::string text = sealed();
  ASSERT_EQ(status(text), TakeOverStatus::taken);
  EXPECT_EQ(status(text), TakeOverStatus::used);
  const std::string bare = text.substr(0, text.find('~'));
  EXPECT_EQ(status(bare), TakeOverStatus::used) << "what the MAC does not cover is no new cookie";
  EXPECT_EQ(status(bare + "~3~x"), TakeOverStatus::used);
  EXPECT_EQ(status(sealed()), TakeOverStatus::taken) << "another seal is another cookie";
}

TEST_F(TakeOverTest, OfManyAtOnceOneSucceeds) {
  const std::string text = sealed();
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { taken += status(text) == TakeOverStatus::taken; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(node_->list(*UserId::parse("7"))->records.size(), 1U) << "the losers left nothing";
}

TEST_F(TakeOverTest, TheDenialOutlivesTheCookieAndNoMore) {
  const std::string text = sealed();
  ASSERT_EQ(status(text), TakeOverStatus::taken);
  clock_.advance(days{14} + seconds{60} - Millis{1});
  ASSERT_TRUE(node_->prune());
  EXPECT_EQ(status(text), TakeOverStatus::used) << "it still opens";
  clock_.advance(Millis{1});
  EXPECT_EQ(status(text), TakeOverStatus::refused);
  EXPECT_EQ(*store_->denials().prune_denials(clock_.now() + seconds{60}, 10), 1U);
}

TEST_F(TakeOverTest, ASealWithoutEndIsDeniedForGood) {
  const std::string text = sealed(kSession, Millis{0});
  ASSERT_EQ(status(text), TakeOverStatus::taken);
  clock_.advance(days{4000});
  ASSERT_TRUE(node_->prune());
  EXPECT_EQ(status(text), TakeOverStatus::used);
}

TEST_F(TakeOverTest, WhatOpensNothingIsRefusedWithAReasonForTheLog) {
  std::string forged = sealed();
  forged[forged.find('~') - 3] ^= 1;
  EXPECT_EQ(take(forged).why, "bad_mac");
  EXPECT_EQ(take("garbage").why, "wrong_parts");
  EXPECT_EQ(take(sealed(R"({"user":{}})")).why, "no_user");
  EXPECT_EQ(take(sealed(R"({"user":7})")).why, "no_user");
  EXPECT_EQ(take(sealed("[]")).why, "no_object");
  EXPECT_EQ(take(sealed(R"({"user":{"id":7},"isLoggedIn":false})")).why, "login_unfinished");
  EXPECT_EQ(take(sealed(R"({"user":{"id":"a\u0000b"}})")).why, "no_user");
}

TEST_F(TakeOverTest, R21EndingTheUsersSessionsEndsThoseThatWait) {
  const std::string text = sealed();
  ASSERT_TRUE(node_->revoke_user(*UserId::parse("7")));
  EXPECT_EQ(status(text), TakeOverStatus::ended);
  EXPECT_TRUE(node_->list(*UserId::parse("7"))->records.empty());
}

TEST_F(TakeOverTest, R21SoDoesEndingTheOthersWhileTheWindowIsOpen) {
  const auto migrating = node(Carrier::stored, {.migrating = true});
  const NewSession made = log_in(*migrating, "7");
  ASSERT_TRUE(migrating->revoke_others(made.record));
  EXPECT_EQ(status(sealed()), TakeOverStatus::ended);
  EXPECT_EQ(state(*migrating, made.token.reveal()), SessionState::active);
}

TEST_F(TakeOverTest, L8R21EndingTakeOversEndsEveryCookieOfTheUserAndOfNobodyElse) {
  const std::string other = R"({"user":{"id":8},"isLoggedIn":true})";
  ASSERT_TRUE(session::end_take_overs(*store_, *UserId::parse("7"), clock_.now() + hours{1}));
  EXPECT_EQ(status(sealed()), TakeOverStatus::ended);
  EXPECT_EQ(status(sealed(other)), TakeOverStatus::taken);
  clock_.advance(hours{1} + seconds{1});
  ASSERT_TRUE(node_->prune());
  EXPECT_EQ(status(sealed()), TakeOverStatus::taken);
}

TEST_F(TakeOverTest, R22ADisabledUserStaysOut) {
  StoredUser user;
  user.user.id = *UserId::parse("7");
  user.username_key = "seven";
  ASSERT_TRUE(*store_->users().add_user(user));
  ASSERT_TRUE(*store_->users().set_disabled(user.user.id, true));
  EXPECT_EQ(status(sealed()), TakeOverStatus::ended);
}

TEST_F(TakeOverTest, AFailingStoreLeavesTheCookieGood) {
  const std::string text = sealed();
  for (const StoreCall call : {StoreCall::standing, StoreCall::insert, StoreCall::deny}) {
    fail(call);
    EXPECT_FALSE(session::take_over(*iron_, text, *node_, *store_, {}, clock_.now()));
  }
  fail(StoreCall::check);
  EXPECT_TRUE(node_->list(*UserId::parse("7"))->records.empty()) << "nothing half done";
  EXPECT_EQ(status(text), TakeOverStatus::taken);
}

TEST_F(TakeOverTest, AttributesThatDoNotFitAreLeftBehind) {
  const std::string text =
      sealed(R"({"user":{"id":7},"d":")" + std::string(kMaxAttributesBytes, 'x') + "\"}");
  const TakeOver outcome = take(text);
  ASSERT_EQ(outcome.status, TakeOverStatus::taken);
  EXPECT_EQ(outcome.session->record.attributes, "");
}

TEST_F(TakeOverTest, EveryCarrierTakesOver) {
  for (const Carrier carrier : {Carrier::stored, Carrier::encrypted_id, Carrier::hybrid,
                                Carrier::sealed, Carrier::signed_token}) {
    node_ = node(carrier);
    const std::string text = sealed();
    const TakeOver outcome = take(text);
    ASSERT_EQ(outcome.status, TakeOverStatus::taken) << carrier_name(carrier);
    EXPECT_EQ(state(*node_, outcome.session->token.reveal()), SessionState::active);
    EXPECT_EQ(status(text), TakeOverStatus::used) << carrier_name(carrier);
  }
}

TEST_F(TakeOverTest, ATokenOfAuthjsBecomesASessionWithItsClaims) {
  iron_ = session::make_authjs_source(authjs(), {.user = "sub"});
  const std::string claims = R"({"sub":"u1","name":"Ada","picture":null})";
  const std::string text = *authjs().encode(claims, hours{1}, clock_.now());
  const TakeOver outcome = take(text);
  ASSERT_EQ(outcome.status, TakeOverStatus::taken);
  EXPECT_EQ(outcome.session->record.user_id.text(), "u1");
  EXPECT_EQ(outcome.session->record.attributes, claims) << "without the times of the token";
  EXPECT_EQ(status(text), TakeOverStatus::used);
  EXPECT_EQ(take("a.b.c.d.e").why, "refused");
  const std::string nobody = *authjs().encode(R"({"name":"x"})", hours{1}, clock_.now());
  EXPECT_EQ(take(nobody).why, "no_user");
  const std::string old = *authjs().encode(claims, hours{1}, clock_.now());
  clock_.advance(hours{1} + seconds{15});
  EXPECT_EQ(status(old), TakeOverStatus::refused);
}

TEST_F(TakeOverTest, ATokenThatJoseSignedBecomesASession) {
  iron_ = session::make_jwt_source(SecretBytes{kSecretA}, {{.user = "userId"}});
  const auto sign = [&](const std::string& header, const std::string& claims) {
    return *jose_sign(header, claims, SecretBytes{kSecretA}.bytes());
  };
  const std::string exp = std::to_string(to_unix_millis(clock_.now()) / 1000 + 60);
  const std::string hs256 = R"({"alg":"HS256"})";
  const std::string good = sign(hs256, R"({"userId":7,"exp":)" + exp + "}");
  const TakeOver outcome = take(good);
  ASSERT_EQ(outcome.status, TakeOverStatus::taken);
  EXPECT_EQ(outcome.session->record.user_id.text(), "7");
  EXPECT_EQ(status(good), TakeOverStatus::used);
  EXPECT_EQ(take(sign(hs256, R"({"userId":7})")).why, "missing_expiry");
  EXPECT_EQ(take(sign(R"({"alg":"HS512"})", R"({"userId":7,"exp":)" + exp + "}")).why, "refused");
  const std::string late = sign(hs256, R"({"userId":8,"exp":)" + exp + "}");
  clock_.advance(seconds{60});
  EXPECT_EQ(status(late), TakeOverStatus::refused);
}

// What an application signs with the secret of its sessions, for other purposes.
TEST_F(TakeOverTest, M4R106TokensForOtherPurposesLogNobodyIn) {
  iron_ = session::make_jwt_source(SecretBytes{kSecretA}, {{.user = "userId"}});
  const std::string exp = std::to_string(to_unix_millis(clock_.now()) / 1000 + 60);
  const auto why = [&](const std::string& header, const std::string& more) {
    const std::string claims = R"({"userId":"u1","exp":)" + exp + more + "}";
    return std::string(take(*jose_sign(header, claims, SecretBytes{kSecretA}.bytes())).why);
  };
  const std::string plain = R"({"alg":"HS256"})";
  const std::string others[] = {R"("purpose":"verify-email")",
                                R"("type":"reset")",
                                R"("token_use":"access")",
                                R"("scope":"api")",
                                R"("iss":"https://other")",
                                R"("aud":"mail")",
                                R"("nonce":"n")",
                                R"("email":"a@example.com")",
                                R"("2fa_pending":true)",
                                R"("cnf":{"jkt":"x"})"};
  for (const std::string& other : others) EXPECT_NE(why(plain, "," + other), "") << other;
  for (const char* typ : {"at+jwt", "dpop+jwt", "reset", "secevent+jwt", ""}) {
    EXPECT_EQ(why(R"({"alg":"HS256","typ":")" + std::string(typ) + "\"}", ""), "other_type") << typ;
  }
  EXPECT_EQ(why(R"({"alg":"HS256","typ":7})", ""), "other_type");
  EXPECT_EQ(why(R"({"alg":"HS256","cty":"JWT"})", ""), "unexpected_header");
  EXPECT_EQ(why(R"({"alg":"HS256","typ":"JWT","kid":"1"})",
                R"(,"iat":1,"jti":"a","role":"admin","expiresAt":"2027-01-01T00:00:00.000Z")"),
            "")
      << "what the tutorials sign";
}

TEST_F(TakeOverTest, R106TypeIssuerAudienceAndMembersCanBeDemanded) {
  session::JwtShape shape{{.user = "userId"}, "sess+jwt", "https://app", "web"};
  shape.members = session::read_expected_members({"email", "type=session"}).members;
  iron_ = session::make_jwt_source(SecretBytes{kSecretA}, shape);
  const std::string exp = std::to_string(to_unix_millis(clock_.now()) / 1000 + 60);
  const auto outcome = [&](const std::string& typ, const std::string& claims) {
    return take(*jose_sign(R"({"alg":"HS256")" + typ + "}",
                           R"({"userId":"u1","exp":)" + exp + claims + "}",
                           SecretBytes{kSecretA}.bytes()));
  };
  const std::string typ = R"(,"typ":"application/Sess+JWT")";
  const std::string good = R"(,"iss":"https://app","aud":["x","web"],"type":"session","email":"e")";
  const TakeOver taken = outcome(typ, good);
  ASSERT_EQ(taken.status, TakeOverStatus::taken) << taken.why << taken.member;
  EXPECT_EQ(taken.session->record.attributes, R"({"userId":"u1","type":"session","email":"e"})");
  EXPECT_EQ(outcome("", good).why, "other_type");
  EXPECT_EQ(outcome(R"(,"typ":"JWT")", good).why, "other_type");
  EXPECT_EQ(outcome(typ, R"(,"iss":"https://app","aud":"web")").member, "type");
  EXPECT_EQ(outcome(typ, R"(,"iss":"https://app","aud":"web","type":"reset")").member, "type");
  EXPECT_EQ(outcome(typ, R"(,"iss":"https://x","aud":"web","type":"session")").member, "iss");
  EXPECT_EQ(outcome(typ, R"(,"aud":"web","type":"session")").member, "iss");
  EXPECT_EQ(outcome(typ, R"(,"iss":"https://app","aud":"x","type":"session")").member, "aud");
  EXPECT_EQ(outcome(typ, R"(,"iss":"https://app","type":"session")").member, "aud");
}

TEST_F(TakeOverTest, M4SealsAndTokensOfAuthjsForOtherPurposesLogNobodyIn) {
  EXPECT_EQ(take(sealed(R"({"user":{"id":7},"purpose":"verify-email"})")).member, "purpose");
  EXPECT_EQ(take(sealed(R"({"user":{"id":7,"tokenUse":"reset"}})")).member, "tokenUse");
  EXPECT_EQ(take(sealed(R"({"user":{"id":7},"mfaVerified":false})")).why, "login_unfinished");
  EXPECT_EQ(status(sealed(R"({"user":{"id":7,"email":"e"},"cart":[],"nonce":"n"})")),
            TakeOverStatus::taken)
      << "sessions of iron-session hold anything";
  iron_ = session::make_authjs_source(authjs(), {.user = "sub"});
  const auto why = [&](const std::string& claims) {
    return take(*authjs().encode(claims, hours{1}, clock_.now())).why;
  };
  EXPECT_EQ(why(R"({"sub":"u1","purpose":"invite"})"), "other_purpose");
  EXPECT_EQ(why(R"({"sub":"u1","aud":"api"})"), "other_purpose");
  EXPECT_EQ(why(R"({"sub":"u1","email":"e","email_verified":true,"accessToken":"a"})"), "");
}

}  // namespace
}  // namespace latchkey::testing
