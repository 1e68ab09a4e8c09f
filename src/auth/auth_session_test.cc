#include "latchkey/auth_session.h"

#include "tests/support/auth_fixture.h"

namespace latchkey::testing {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Carrier kCarriers[] = {Carrier::stored, Carrier::encrypted_id, Carrier::hybrid,
                                 Carrier::sealed, Carrier::signed_token};

// What every carrier does.
class AuthOnCarrier : public AuthFixture, public ::testing::WithParamInterface<Carrier> {
 protected:
  AuthOnCarrier() : auth_(open(usual(GetParam()))) {}
  std::unique_ptr<Auth> auth_;
};
INSTANTIATE_TEST_SUITE_P(Carriers, AuthOnCarrier, ::testing::ValuesIn(kCarriers),
                         [](const auto& carrier) {
                           return std::string(carrier_name(carrier.param));
                         });

TEST_P(AuthOnCarrier, WhoSignsUpIsTheUserOfTheNextRequests) {
  const std::string cookie = sign_up(*auth_);
  AuthSession session = begin(*auth_, page().with("Cookie", cookie));
  EXPECT_EQ(session.state(), AuthState::user);
  EXPECT_TRUE(session);
  EXPECT_EQ(session.status(), 200);
  EXPECT_EQ(session.level(), 1);
  EXPECT_EQ(session.authenticated_at(), clock_.now());
  const auto user = session.user();
  ASSERT_TRUE(user && *user);
  EXPECT_EQ((*user)->username, "ann");
  EXPECT_EQ((*user)->id, session.user_id());
  EXPECT_TRUE(lines(session).empty());
  EXPECT_EQ(line(session, "Cache-Control"), "private, no-store");
  EXPECT_EQ(line(session, "Vary"), "Cookie");
}

TEST_P(AuthOnCarrier, ALogInEndsTheSessionThisBrowserHad) {
  const std::string before = sign_up(*auth_);
  const std::string after = log_in(*auth_, form().with("Cookie", before));
  EXPECT_NE(before, after);
  EXPECT_EQ(begin(*auth_, script().with("Cookie", before)).state(), AuthState::revoked);
  EXPECT_TRUE(begin(*auth_, page().with("Cookie", after)));
}

TEST_P(AuthOnCarrier, ALogOutEndsTheSessionAndDeletesTheCookie) {
  const std::string cookie = sign_up(*auth_);
  AuthSession session = begin(*auth_, form().to("/logout").with("Cookie", cookie));
  ASSERT_TRUE(session.log_out());
  EXPECT_FALSE(session);
  EXPECT_TRUE(deletes(session));
  EXPECT_EQ(line(session, "Clear-Site-Data"), "") << "only by setting";
  EXPECT_EQ(begin(*auth_, page().with("Cookie", cookie)).state(), AuthState::revoked);
  EXPECT_TRUE(begin(*auth_, form().with("Cookie", cookie)).log_out()) << "twice is fine";
}

TEST_P(AuthOnCarrier, OthersAreLoggedOutAndThisOneStays) {
  const std::string one = sign_up(*auth_);
  const std::string two = log_in(*auth_);
  AuthSession session = begin(*auth_, form().with("Cookie", two));
  ASSERT_TRUE(session.log_out_others());
  EXPECT_TRUE(session);
  const std::string kept = lines(session).empty() ? two : pair_of(session);
  EXPECT_EQ(lines(session).empty(), !is_stateless(GetParam()));
  EXPECT_EQ(begin(*auth_, script("POST").with("Cookie", one)).state(), AuthState::revoked);
  EXPECT_TRUE(begin(*auth_, page().with("Cookie", kept)));
}

TEST_P(AuthOnCarrier, LoggingOutEverywhereEndsThisOneToo) {
  const std::string one = sign_up(*auth_);
  const std::string two = log_in(*auth_);
  AuthSession session = begin(*auth_, form().with("Cookie", two));
  ASSERT_TRUE(session.log_out_everywhere());
  EXPECT_TRUE(deletes(session));
  for (const std::string& cookie : {one, two}) {
    EXPECT_FALSE(begin(*auth_, page().with("Cookie", cookie)));
  }
}

TEST_P(AuthOnCarrier, AChangedPasswordKeepsThisSessionUnderANewToken) {
  const std::string other = sign_up(*auth_);
  const std::string cookie = log_in(*auth_);
  AuthSession session = begin(*auth_, form().with("Cookie", cookie));
  auto wrong = session.change_password("not the password at all", "another horse battery");
  ASSERT_TRUE(wrong);
  EXPECT_EQ(*wrong, Rejection::wrong_credentials);
  EXPECT_TRUE(lines(session).empty());
  auto done = session.change_password(kPassword, "another horse battery");
  ASSERT_TRUE(done);
  EXPECT_EQ(*done, Rejection::none);
  const std::string kept = pair_of(session);
  EXPECT_NE(kept, cookie);
  EXPECT_TRUE(begin(*auth_, page().with("Cookie", kept)));
  EXPECT_FALSE(begin(*auth_, form().with("Cookie", cookie)));
  EXPECT_FALSE(begin(*auth_, form().with("Cookie", other)));
}

TEST_P(AuthOnCarrier, R27APasswordThatIsShownAgainRenewsTheProofUnderANewToken) {
  const std::string cookie = sign_up(*auth_);
  clock_.advance(minutes{10});
  const Demand recent{.max_auth_age = minutes{5}};
  AuthSession session = begin(*auth_, form().with("Cookie", cookie));
  const std::vector<std::string> before = lines(session);
  EXPECT_FALSE(session.require(recent));
  EXPECT_EQ(session.problem_code(), "recent_login");
  const auto wrong = session.reauthenticate("not the password at all");
  ASSERT_TRUE(wrong);
  EXPECT_EQ(*wrong, Rejection::wrong_credentials);
  EXPECT_FALSE(session.require(recent)) << "R19: the session's secret alone proves nothing";
  EXPECT_EQ(lines(session), before);
  const SessionId id = session.record()->id;
  const auto proven = session.reauthenticate(kPassword);
  ASSERT_TRUE(proven);
  EXPECT_EQ(*proven, Rejection::none);
  EXPECT_TRUE(session.require(recent));
  EXPECT_EQ(session.authenticated_at(), clock_.now());
  EXPECT_EQ(session.level(), 1);
  const std::string renewed = pair_of(session);
  EXPECT_NE(renewed, cookie);
  if (!is_stateless(GetParam())) {
    EXPECT_EQ(session.record()->id, id);
    EXPECT_FALSE(begin(*auth_, form().with("Cookie", cookie))) << "a copied cookie is worthless";
  }
  AuthSession next = begin(*auth_, page().with("Cookie", renewed));
  EXPECT_TRUE(next.require(recent));
}

TEST_P(AuthOnCarrier, R27TheDemandOfAnOlderTokenIsStillNotMet) {
  const std::string cookie = sign_up(*auth_);
  clock_.advance(minutes{10});
  AuthSession stranger = begin(*auth_, form());
  const auto nobody = stranger.reauthenticate(kPassword);
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, Errc::not_found);
  EXPECT_EQ(stranger.status(), 401);
  AuthSession ended = begin(*auth_, form().with("Cookie", cookie));
  ASSERT_TRUE(begin(*auth_, form().with("Cookie", cookie)).log_out_everywhere());
  const auto late = ended.reauthenticate(kPassword);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::not_found);
}

TEST_P(AuthOnCarrier, ADeletedUserHasNoSessionAndNoPasswordAnyMore) {
  const std::string other = sign_up(*auth_);
  const std::string cookie = log_in(*auth_);
  AuthSession session = begin(*auth_, form().with("Cookie", cookie));
  const auto deleted = session.delete_user();
  ASSERT_TRUE(deleted);
  EXPECT_TRUE(*deleted);
  EXPECT_TRUE(deletes(session));
  EXPECT_FALSE(session);
  for (const std::string& one : {other, cookie}) {
    EXPECT_FALSE(begin(*auth_, form().with("Cookie", one)));
  }
  AuthSession again = begin(*auth_, form());
  EXPECT_EQ(*again.log_in({"ann", kPassword}), Rejection::wrong_credentials);
  EXPECT_FALSE(again.delete_user()) << "nobody is signed in";
}

TEST_P(AuthOnCarrier, AUserOfAnotherSystemIsNotDeletedHere) {
  AuthSession session = begin(*auth_, form());
  ASSERT_EQ(*session.log_in(UserId{7}), Rejection::none);
  const auto deleted = session.delete_user();
  ASSERT_TRUE(deleted);
  EXPECT_FALSE(*deleted);
  EXPECT_TRUE(session);
}

TEST_P(AuthOnCarrier, ARaisedLevelIsANewTokenAndMeetsTheDemand) {
  const std::string cookie = sign_up(*auth_);
  AuthSession session = begin(*auth_, form().with("Cookie", cookie));
  EXPECT_FALSE(session.require({.level = 2}));
  EXPECT_EQ(session.status(), 401);
  ASSERT_TRUE(session.raise_level(2));
  EXPECT_EQ(session.status(), 200);
  EXPECT_TRUE(session.require({.level = 2}));
  const std::string raised = pair_of(session);
  AuthSession next = begin(*auth_, page().with("Cookie", raised));
  EXPECT_EQ(next.level(), 2);
  EXPECT_FALSE(begin(*auth_, form().with("Cookie", cookie))) << "the old token is dead (R5)";
}

TEST_P(AuthOnCarrier, AttributesAreWrittenAtOnceAndRead) {
  const std::string cookie = sign_up(*auth_);
  AuthSession session = begin(*auth_, form().with("Cookie", cookie));
  EXPECT_FALSE(session.attribute("theme"));
  ASSERT_TRUE(session.set_text("theme", "da\"rk"));
  ASSERT_TRUE(session.set("cart", R"({"apples":3})"));
  EXPECT_EQ(session.attribute("cart"), R"({"apples":3})");
  const std::uint64_t before = calls_;
  EXPECT_TRUE(session.attribute("theme"));
  EXPECT_EQ(calls_, before) << "nothing is sent before commit()";
  ASSERT_TRUE(session.commit());
  const std::string next = lines(session).empty() ? cookie : pair_of(session);
  AuthSession later = begin(*auth_, form().with("Cookie", next));
  EXPECT_EQ(later.attribute("theme"), R"("da\"rk")");
  EXPECT_EQ(later.attribute("cart"), R"({"apples":3})");
  // A member is replaced whole and not merged.
  ASSERT_TRUE(later.set("cart", R"({"pears":1})"));
  ASSERT_TRUE(later.erase("theme"));
  EXPECT_FALSE(later.attribute("theme"));
  ASSERT_TRUE(later.commit());
  const std::string last = lines(later).empty() ? next : pair_of(later);
  AuthSession end = begin(*auth_, form().with("Cookie", last));
  EXPECT_EQ(end.attribute("cart"), R"({"pears":1})");
  EXPECT_FALSE(end.attribute("theme"));
}

TEST_P(AuthOnCarrier, AGuestIsNobodyAndTakesNamedAttributesAlong) {
  AuthSession guest = begin(*auth_, form());
  ASSERT_TRUE(guest.start_guest());
  EXPECT_EQ(guest.state(), AuthState::guest);
  EXPECT_FALSE(guest);
  EXPECT_TRUE(guest.user_id().empty());
  ASSERT_TRUE(guest.set("cart", "[1,2]"));
  ASSERT_TRUE(guest.set("csrf", "\"secret\""));
  ASSERT_TRUE(guest.commit());
  const std::string cookie = pair_of(guest);
  EXPECT_EQ(begin(*auth_, page().with("Cookie", cookie)).state(), AuthState::guest);

  AuthSession session = begin(*auth_, form().with("Cookie", cookie));
  ASSERT_TRUE(session.set("cart", "[1,2,3]"));  // not committed yet
  const auto done = session.sign_up({"bob", kPassword}, {.carry = {"cart"}});
  ASSERT_TRUE(done && *done == Rejection::none);
  EXPECT_EQ(session.attribute("cart"), "[1,2,3]");
  EXPECT_FALSE(session.attribute("csrf")) << "R6";
  EXPECT_FALSE(begin(*auth_, form().with("Cookie", cookie)));
}

TEST_P(AuthOnCarrier, ADisabledUserIsNobodyAndIsLoggedOutForGood) {
  const std::string cookie = sign_up(*auth_);
  const UserId id = begin(*auth_, page().with("Cookie", cookie)).user_id();
  ASSERT_TRUE(inner_->users().set_disabled(id, true));
  AuthSession session = begin(*auth_, form().with("Cookie", cookie));
  EXPECT_EQ(session.state(), AuthState::none);
  AuthSession login = begin(*auth_, form());
  const auto again = login.log_in(id);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, Rejection::wrong_credentials);
  ASSERT_TRUE(session.log_out());
  ASSERT_TRUE(inner_->users().set_disabled(id, false));
  EXPECT_FALSE(begin(*auth_, form().with("Cookie", cookie)));
}

TEST_P(AuthOnCarrier, AfterOnesOwnCheckAUserIdIsEnough) {
  AuthSession session = begin(*auth_, page().to("/callback?code=1"));
  const auto done = session.log_in(UserId{42}, {.remember = false, .level = 2});
  ASSERT_TRUE(done && *done == Rejection::none);
  EXPECT_EQ(session.user_id().text(), "42");
  EXPECT_EQ(lines(session).back().find("Max-Age"), std::string::npos) << "ends with the browser";
  const std::string cookie = pair_of(session);
  AuthSession next = begin(*auth_, page().with("Cookie", cookie));
  EXPECT_EQ(next.level(), 2);
  const auto user = next.user();
  ASSERT_TRUE(user);
  EXPECT_EQ(*user, nullptr) << "the store does not keep this user";
}

TEST_P(AuthOnCarrier, AStoreThatFailsIsAnErrorAndNeverNobody) {
  const std::string cookie = sign_up(*auth_);
  fail_all();
  const auto session = try_begin(*auth_, form().with("Cookie", cookie));
  ASSERT_FALSE(session);
  EXPECT_EQ(failure_status(session.error()), 503);
  mend();
  AuthSession mended = begin(*auth_, form().with("Cookie", cookie));
  EXPECT_TRUE(mended);
}

// Whatever call of the store fails: an Error, 503, no cookie, and the old session lives on.
TEST_P(AuthOnCarrier, WhateverFailsInAVerbLeavesTheCookieAlone) {
  const std::string cookie = sign_up(*auth_);
  using Verb = std::function<bool(AuthSession&)>;
  const std::pair<const char*, Verb> verbs[] = {
      {"log_in",
       [](AuthSession& s) {
         return s.log_in({"ann", kPassword}).has_value();
       }},
      {"log_in id", [](AuthSession& s) { return s.log_in(UserId{7}).has_value(); }},
      {"sign_up",
       [](AuthSession& s) {
         return s.sign_up({"eve", kPassword}).has_value();
       }},
      {"log_out", [](AuthSession& s) { return s.log_out().has_value(); }},
      {"log_out_others", [](AuthSession& s) { return s.log_out_others().has_value(); }},
      {"log_out_everywhere", [](AuthSession& s) { return s.log_out_everywhere().has_value(); }},
      {"change_password",
       [](AuthSession& s) {
         return s.change_password(kPassword, "x horse battery staple").has_value();
       }},
      {"reauthenticate", [](AuthSession& s) { return s.reauthenticate(kPassword).has_value(); }},
      {"delete_user", [](AuthSession& s) { return s.delete_user().has_value(); }},
      {"raise_level", [](AuthSession& s) { return s.raise_level(2).has_value(); }},
      {"touch", [](AuthSession& s) { return s.touch().has_value(); }},
      {"commit",
       [](AuthSession& s) { return s.set("a", "1").has_value() && s.commit().has_value(); }}};
  for (const auto& [name, verb] : verbs) {
    AuthSession session = begin(*auth_, form().with("Cookie", cookie));
    const std::vector<std::string> before = lines(session);
    fail_all();
    EXPECT_FALSE(verb(session)) << name;
    EXPECT_EQ(session.status(), 503) << name;
    EXPECT_TRUE(session.failed()) << name;
    EXPECT_EQ(session.redirect(), "") << name;
    EXPECT_NE(session.problem().find("store_unavailable"), std::string::npos) << name;
    EXPECT_EQ(line(session, "Retry-After"), "2") << name;
    EXPECT_EQ(lines(session), before) << name;
    mend();
    EXPECT_TRUE(begin(*auth_, form().with("Cookie", cookie))) << name;
  }
}

TEST_P(AuthOnCarrier, EndedInTheMeantimeIsNotFoundAnd401) {
  const std::string cookie = sign_up(*auth_);
  AuthSession session = begin(*auth_, form().with("Cookie", cookie));
  ASSERT_TRUE(begin(*auth_, form().with("Cookie", cookie)).log_out_everywhere());
  ASSERT_TRUE(session) << "as of the look-up";
  ASSERT_TRUE(session.set("a", "1"));
  const auto sent = session.commit();
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Errc::not_found);
  EXPECT_FALSE(session);
  EXPECT_EQ(session.status(), 401);
  EXPECT_TRUE(lines(session).empty());
}

TEST_P(AuthOnCarrier, ARecheckSeesTheEndOfALongConnection) {
  const std::string cookie = sign_up(*auth_);
  auto ask = std::make_unique<Ask>(page()
                                       .with("Cookie", cookie)
                                       .with("Upgrade", "websocket")
                                       .with("Sec-Fetch-Mode", "websocket")
                                       .with("Sec-Fetch-Site", "same-origin")
                                       .with("Origin", "http://localhost:8080"));
  auto session = auth_->begin({ask->method, ask->target, ask->peer, ask->headers});
  ASSERT_TRUE(session);
  ASSERT_TRUE(*session);
  session->mark_headers_sent();
  ask.reset();  // the request is gone once the connection is upgraded
  EXPECT_TRUE(session->recheck());
  fail_all();
  EXPECT_FALSE(session->recheck());
  EXPECT_EQ(session->status(), 503);
  mend();
  ASSERT_TRUE(begin(*auth_, form().with("Cookie", cookie)).log_out());
  EXPECT_FALSE(session->recheck());
  EXPECT_EQ(session->state(), AuthState::revoked);
}

TEST_P(AuthOnCarrier, OnceTheHeadersAreGoneOnlyRevocationWorks) {
  const std::string cookie = sign_up(*auth_);
  AuthSession session = begin(*auth_, form().with("Cookie", cookie));
  session.mark_headers_sent();
  const auto again = session.log_in({"ann", kPassword});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::headers_sent);
  const auto raised = session.raise_level(2);
  ASSERT_FALSE(raised);
  EXPECT_EQ(raised.error().code, Errc::headers_sent);
  ASSERT_TRUE(session.log_out());
  EXPECT_FALSE(begin(*auth_, form().with("Cookie", cookie)));
}

TEST_P(AuthOnCarrier, WhatWasNotWrittenBeforeALogOutIsForgotten) {
  AuthSession session = begin(*auth_, form().with("Cookie", sign_up(*auth_)));
  ASSERT_TRUE(session.set("a", "1"));
  EXPECT_FALSE(session.attribute("b"));
  ASSERT_TRUE(session.log_out());
  EXPECT_FALSE(session.attribute("a"));
}

// What lives in a cookie cannot change any more then, and what has a row can.
TEST_P(AuthOnCarrier, OnceTheHeadersAreGoneNothingIsLostUnnoticed) {
  const std::string other = sign_up(*auth_);
  AuthSession session = begin(*auth_, form().with("Cookie", log_in(*auth_)));
  ASSERT_TRUE(session.set("a", "1"));
  session.mark_headers_sent();
  const auto sent = session.commit();
  AuthSession idle = begin(*auth_, form().with("Cookie", log_in(*auth_)));
  idle.mark_headers_sent();
  const auto touched = idle.touch();
  const auto others = idle.log_out_others();
  if (!is_stateless(GetParam())) {
    EXPECT_TRUE(sent);
    EXPECT_TRUE(touched);
    EXPECT_TRUE(others);
    return;
  }
  ASSERT_FALSE(sent || touched || others);
  EXPECT_EQ(sent.error().code, Errc::headers_sent);
  EXPECT_EQ(touched.error().code, Errc::headers_sent);
  EXPECT_EQ(others.error().code, Errc::headers_sent);
  EXPECT_TRUE(begin(*auth_, page().with("Cookie", other))) << "nobody was logged out";
}

TEST_P(AuthOnCarrier, WhoseSessionEndedElsewhereChangesNoPasswordAndEndsNobody) {
  const std::string cookie = sign_up(*auth_);
  AuthSession session = begin(*auth_, form().with("Cookie", cookie));
  AuthSession second = begin(*auth_, form().with("Cookie", cookie));
  ASSERT_TRUE(begin(*auth_, form().with("Cookie", cookie)).log_out());
  const auto changed = session.change_password(kPassword, "another horse battery");
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, Errc::not_found);
  EXPECT_EQ(session.state(), AuthState::revoked);
  EXPECT_EQ(session.status(), 401);
  EXPECT_FALSE(log_in(*auth_).empty()) << "with the old password";
  if (!is_stateless(GetParam())) return;
  const auto others = second.log_out_others();
  ASSERT_FALSE(others);
  EXPECT_EQ(others.error().code, Errc::not_found);
  EXPECT_EQ(second.state(), AuthState::revoked);
}

TEST_P(AuthOnCarrier, AGuestIsStartedOnce) {
  AuthSession guest = begin(*auth_, form());
  ASSERT_TRUE(guest.start_guest());
  AuthSession again = begin(*auth_, form().with("Cookie", pair_of(guest)));
  ASSERT_TRUE(again.start_guest());
  EXPECT_TRUE(lines(again).empty());
  AuthSession user = begin(*auth_, form().with("Cookie", sign_up(*auth_)));
  const auto refused = user.start_guest();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  EXPECT_EQ(user.state(), AuthState::user);
}

TEST_P(AuthOnCarrier, WithoutBearerTokensNobodyGetsOne) {
  AuthSession session = begin(*auth_, form());
  const auto done = session.log_in(UserId{7}, {.bearer = true});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::unsupported);
}

TEST_P(AuthOnCarrier, ALevelOfALogInIsOneToThree) {
  for (const int level : {0, 4}) {
    AuthSession session = begin(*auth_, form());
    const auto done = session.log_in(UserId{7}, {.level = static_cast<std::uint8_t>(level)});
    ASSERT_FALSE(done) << level;
    EXPECT_EQ(done.error().code, Errc::invalid_argument);
    EXPECT_TRUE(lines(session).empty());
  }
}

TEST_P(AuthOnCarrier, ABearerTokenIsASessionWithoutACookie) {
  AuthOptions options = usual(GetParam());
  options.bearer = true;
  const auto auth = open(std::move(options));
  AuthSession login = begin(*auth, script("POST").with("Origin", "").with("Sec-Fetch-Site", ""));
  const auto done = login.sign_up({"app", kPassword}, {.bearer = true});
  ASSERT_TRUE(done && *done == Rejection::none);
  const std::string token{login.bearer_token()};
  EXPECT_FALSE(token.empty());
  EXPECT_TRUE(lines(login).empty());
  // No origin is needed, and the cookie beside it does not count.
  AuthSession session = begin(*auth, form()
                                         .with("Origin", "https://evil.example")
                                         .with("Sec-Fetch-Site", "cross-site")
                                         .with("Cookie", "session-8080=x")
                                         .with("Authorization", "Bearer " + token));
  EXPECT_TRUE(session);
  EXPECT_EQ(line(session, "Vary"), "Cookie, Authorization");
  ASSERT_TRUE(session.log_out());
  EXPECT_TRUE(lines(session).empty());
  AuthSession after = begin(*auth, script().with("Authorization", "Bearer " + token));
  EXPECT_FALSE(after);
  EXPECT_TRUE(lines(after).empty());
  ASSERT_TRUE(login.log_out());
  EXPECT_EQ(login.bearer_token(), "");
}

// A program that runs beside a browser gets a session of its own.
TEST_P(AuthOnCarrier, ALogInForABearerLeavesTheSessionOfTheCookie) {
  AuthOptions options = usual(GetParam());
  options.bearer = true;
  const auto auth = open(std::move(options));
  const std::string cookie = sign_up(*auth);
  AuthSession login = begin(*auth, form().with("Cookie", cookie));
  login.mark_headers_sent();  // no cookie has to go out
  const auto done = login.log_in({"ann", kPassword}, {.bearer = true});
  ASSERT_TRUE(done && *done == Rejection::none);
  EXPECT_TRUE(begin(*auth, page().with("Cookie", cookie)));
  // Blanks around a token belong to the header.
  const std::string token = " " + std::string(login.bearer_token()) + "\t ";
  EXPECT_TRUE(begin(*auth, script().with("Authorization", "bearer " + token)));
  EXPECT_TRUE(login.replaces("Vary", "Cookie, Authorization"));
  clock_.advance(days{8});
  AuthSession later = begin(*auth, script().with("Authorization", "bearer " + token));
  EXPECT_TRUE(later);
  EXPECT_EQ(later.bearer_token().empty(), !is_stateless(GetParam())) << "renewed at half-life";
}

}  // namespace
}  // namespace latchkey::testing
