// What a server needs to know of a request beyond who sends it.
#include <gmock/gmock.h>

#include "tests/support/auth_fixture.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RequestTest : public AuthFixture {};

TEST_F(RequestTest, ACookieThatIsKeptIsDeletedByTheNextPage) {
  const auto auth = open(usual());
  const Ask bad = page().with("Cookie", auth->sessions().options().cookie.name + "=x");
  EXPECT_FALSE(deletes(begin(*auth, bad, {.keep_bad_cookie = true})));
  EXPECT_FALSE(deletes(begin(*auth, bad, {.page = true, .keep_bad_cookie = true})));
  EXPECT_TRUE(deletes(begin(*auth, bad)));
  EXPECT_TRUE(deletes(begin(*auth, Ask{.headers = bad.headers}, {.page = true})));
  const Ask fetched = script()
                          .with("Accept", "text/html")
                          .with("Cookie", auth->sessions().options().cookie.name + "=x");
  EXPECT_FALSE(deletes(begin(*auth, fetched)));
  EXPECT_TRUE(deletes(begin(*auth, fetched, {.page = true}))) << "the program knows better";
}

TEST_F(RequestTest, AHandshakeIsNoPage) {
  const auto auth = open(usual());
  AuthSession session = begin(*auth, Ask{.headers = {{"Accept", "text/html"},
                                                     {"Upgrade", "h2c, WebSocket"},
                                                     {"Origin", "http://localhost:8080"},
                                                     {"Cookie", "session-8080=x"}}});
  EXPECT_TRUE(lines(session).empty());
  EXPECT_EQ(session.status(), 401);
  EXPECT_EQ(session.redirect(), "");
  Ask foreign{.headers = {{"Upgrade", "h2c, WebSocket"}, {"Origin", "https://evil.example"}}};
  EXPECT_EQ(begin(*auth, std::move(foreign)).state(), AuthState::refused);
}

TEST_F(RequestTest, OfManyForwardedLinesTheLastCount) {
  AuthOptions options = usual();
  options.trusted_proxies = {"127.0.0.1", "10.0.0.0/8"};
  const auto auth = open(std::move(options));
  Ask ask = page();
  for (int i = 0; i < 100; ++i) ask.headers.emplace_back("X-Forwarded-For", "6.6.6.6");
  ask.headers.emplace_back("X-Forwarded-For", "203.0.113.9");
  ask.headers.emplace_back("X-Forwarded-For", "10.0.0.1");
  EXPECT_EQ(begin(*auth, std::move(ask)).client_address(), "203.0.113.9");
}

TEST_F(RequestTest, WhatComesTwiceProvesNothing) {
  AuthOptions options = usual();
  options.allowed_origins = {"https://partner.example"};
  const auto auth = open(std::move(options));
  Ask twice = script("POST").with("Origin", "https://partner.example");
  EXPECT_EQ(begin(*auth, twice).state(), AuthState::none);
  twice.headers.emplace_back("origin", "https://partner.example");
  EXPECT_EQ(begin(*auth, twice).state(), AuthState::refused);
  Ask own = script("POST");
  own.headers.emplace_back("Sec-Fetch-Site", "same-origin");
  EXPECT_EQ(begin(*auth, own).state(), AuthState::refused);
  Ask typed = script("POST").with("Origin", "").with("Sec-Fetch-Site", "");
  EXPECT_EQ(begin(*auth, typed).state(), AuthState::none) << "no form sends JSON";
  typed.headers.emplace_back("Content-Type", "application/json");
  EXPECT_EQ(begin(*auth, typed).state(), AuthState::refused);
}

TEST_F(RequestTest, OnlyWhoIsNobodyIsChallenged) {
  const auto auth = open(usual());
  AuthSession nobody = begin(*auth, script());
  EXPECT_FALSE(nobody.require());
  EXPECT_EQ(line(nobody, "WWW-Authenticate"), R"(Session error="no_session")");
  AuthSession idle = begin(*auth, script("POST"));
  EXPECT_FALSE(idle.failed());
  EXPECT_FALSE(idle.touch());
  EXPECT_TRUE(idle.failed());
  EXPECT_EQ(line(idle, "WWW-Authenticate"), R"(Session error="no_session")");
  AuthSession foreign = begin(*auth, form().with("Origin", "https://evil.example"));
  EXPECT_FALSE(foreign.log_out());
  EXPECT_EQ(foreign.status(), 403);
  EXPECT_EQ(line(foreign, "WWW-Authenticate"), "");
}

TEST_F(RequestTest, ALogInPageMayHaveAQueryOfItsOwn) {
  AuthOptions options = usual();
  options.login_path = "/enter?theme=dark";
  const auto auth = open(std::move(options));
  AuthSession session = begin(*auth, page().to("/training"));
  EXPECT_EQ(session.redirect(), "/enter?theme=dark&next=/training");
}

TEST_F(RequestTest, R27WhoLoggedInTooLongAgoIsLedToThePageThatAsksAgain) {
  AuthOptions options = usual();
  options.reauth_path = "/confirm?theme=dark";
  const auto auth = open(std::move(options));
  const std::string cookie = sign_up(*auth);
  clock_.advance(std::chrono::minutes{10});
  AuthSession session = begin(*auth, page().to("/training?a=b").with("Cookie", cookie));
  EXPECT_FALSE(session.require({.max_auth_age = std::chrono::minutes{5}}));
  EXPECT_EQ(session.status(), 401);
  EXPECT_EQ(session.redirect(), "/confirm?theme=dark&next=/training%3Fa%3Db");
  AuthSession call = begin(*auth, script().to("/training").with("Cookie", cookie));
  EXPECT_FALSE(call.require({.max_auth_age = std::chrono::minutes{5}}));
  EXPECT_EQ(call.redirect(), "") << "a script is told 401";
  EXPECT_EQ(begin(*auth, page().to("/training")).redirect(), "/login?next=/training");
}

TEST_F(RequestTest, WithoutChunksACookieNamedLikeOneIsSomebodyElses) {
  AuthOptions options = usual();
  options.cookie.max_chunks = 1;
  const auto auth = open(std::move(options));
  AuthSession session = begin(*auth, page().with("Cookie", "session-8080.0=x"));
  EXPECT_FALSE(session.brought_token());
  EXPECT_TRUE(lines(session).empty());
}

TEST_F(RequestTest, ARefusalNamesBothOrigins) {
  const auto auth = open(usual());
  AuthSession session = begin(*auth, form().with("Origin", "https://evil.example\r"));
  ASSERT_TRUE(session.refusal());
  EXPECT_EQ(session.refusal()->reason, "foreign_origin");
  EXPECT_EQ(session.refusal()->expected_origin, "http://localhost:8080");
  EXPECT_EQ(session.refusal()->received_origin, "https://evil.example?");
  EXPECT_THAT(session.problem(), HasSubstr(R"("received_origin":"https://evil.example?")"));
  EXPECT_EQ(session.problem_code(), "origin_refused");
  EXPECT_FALSE(begin(*auth, form()).refusal());
  AuthSession nameless =
      begin(*auth, form().with("Origin", "").with("Sec-Fetch-Site", "cross-site"));
  ASSERT_TRUE(nameless.refusal());
  EXPECT_THAT(nameless.problem(), Not(HasSubstr("received_origin")));
}

TEST_F(RequestTest, NamesOfHeadersAreComparedWithoutCaseAndOtherwiseExactly) {
  const auto auth = open(usual());
  const auto refused = [&](const std::string& name) {
    Ask foreign{.method = "POST", .headers = {{"Content-Type", "application/json"}}};
    foreign.headers.emplace_back(name, "cross-site");
    return begin(*auth, std::move(foreign), {.json_only = true}).state() == AuthState::refused;
  };
  for (const char* name : {"sec-fetch-site", "Sec-Fetch-Site", "SEC-FETCH-SITE"}) {
    EXPECT_TRUE(refused(name)) << name;
  }
  // Capitals and small letters differ by one bit; other characters that do are not the same.
  const std::string right = "sec-fetch-site";
  for (std::size_t i = 0; i < right.size(); ++i) {
    for (const int bits : {0x01, 0x20, 0x40, 0x80}) {
      std::string other = right;
      other[i] = static_cast<char>(other[i] ^ bits);
      EXPECT_EQ(refused(other), bits == 0x20 && right[i] != '-') << other;
    }
  }
}

TEST_F(RequestTest, BlanksAroundAValueDoNotCount) {
  const auto auth = open(usual());
  EXPECT_EQ(begin(*auth, form().with("Origin", " http://localhost:8080\t")).state(),
            AuthState::none);
}

TEST_F(RequestTest, PlainHttpReachesOtherMachinesOnlyWhenAllowed) {
  AuthOptions options = usual();
  Ask far = page();
  far.peer = "192.0.2.7";
  EXPECT_EQ(begin(*open(options), far).state(), AuthState::refused);
  AuthOptions proxied = usual();
  proxied.trusted_proxies = {"192.0.2.0/24"};
  EXPECT_EQ(begin(*open(proxied), far).state(), AuthState::none) << "a proxy on the way is ours";
  options.allow_plain_http = true;
  EXPECT_EQ(begin(*open(options), far).state(), AuthState::none);
}

TEST_F(RequestTest, WhetherATokenCameIsToldApartFromWhatItIsWorth) {
  const auto auth = open(usual());
  EXPECT_FALSE(begin(*auth, page()).brought_token());
  EXPECT_TRUE(begin(*auth, page().with("Cookie", "session-8080=x")).brought_token());
  EXPECT_EQ(begin(*auth, page()).client_address(), "127.0.0.1");
  EXPECT_EQ(begin(*auth, page(), {.client_address = "203.0.113.9"}).client_address(),
            "203.0.113.9");
}

TEST_F(RequestTest, ALogOutTellsWhetherThereWasASession) {
  const auto auth = open(usual());
  const std::string cookie = sign_up(*auth);
  AuthSession first = begin(*auth, form().with("Cookie", cookie));
  EXPECT_TRUE(*first.log_out());
  AuthSession again = begin(*auth, form().with("Cookie", cookie));
  EXPECT_FALSE(*again.log_out());
  EXPECT_TRUE(deletes(again)) << "in any case";
}

TEST_F(RequestTest, LoggingOutEverywhereCountsThisSessionToo) {
  const auto auth = open(usual());
  sign_up(*auth);
  AuthSession session = begin(*auth, form().with("Cookie", log_in(*auth)));
  EXPECT_EQ(*session.log_out_everywhere(), 2U);
}

TEST_F(RequestTest, WhoseSessionEndsDuringTheRequestIsToldWhy) {
  const auto auth = open(usual());
  const std::string cookie = sign_up(*auth);
  AuthSession session = begin(*auth, script("POST").with("Cookie", cookie));
  ASSERT_TRUE(begin(*auth, form().with("Cookie", cookie)).log_out());
  EXPECT_EQ(session.touch().error().code, Errc::not_found);
  EXPECT_EQ(session.state(), AuthState::revoked);
  EXPECT_EQ(session.status(), 401);
  EXPECT_EQ(session.problem_code(), "revoked");
}

TEST_F(RequestTest, DevicesComeByPages) {
  const auto auth = open(usual());
  sign_up(*auth);
  log_in(*auth);
  AuthSession session = begin(*auth, page().with("Cookie", log_in(*auth)));
  const auto first = session.devices("", 2);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->records.size(), 2U);
  const auto rest = session.devices(first->next, 2);
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->records.size(), 1U);
  EXPECT_EQ(session.devices("no such place", 2).error().code, Errc::invalid_argument);
  EXPECT_TRUE(begin(*auth, page()).devices("", 2)->records.empty());
}

// A snapshot knows no names; who will ask for one says so, and asks once.
TEST_F(RequestTest, WithUserReadsBothInOneRoundTrip) {
  const auto auth = open(usual(Carrier::hybrid));
  const std::string cookie = sign_up(*auth);
  const auto calls_of = [&](const BeginOptions& options) {
    const std::uint64_t before = calls_;
    AuthSession session = begin(*auth, page().with("Cookie", cookie), options);
    const auto user = session.user();
    EXPECT_TRUE(user && *user != nullptr);
    return calls_ - before;
  };
  EXPECT_EQ(calls_of({.with_user = true}), 1U);
  EXPECT_EQ(calls_of({}), 1U) << "the user alone: the session is in the snapshot";
}

TEST_F(RequestTest, StalenessIsWhatCopiesAndSnapshotsMayOutlive) {
  AuthOptions options = usual(Carrier::hybrid);
  EXPECT_EQ(open(options)->staleness(), options.snapshot);
  options.near_cache = NearCacheOptions{.max_age = Millis{5000}};
  const auto auth = open(options);
  EXPECT_EQ(auth->staleness(), options.snapshot + Millis{5000});
  EXPECT_TRUE(auth->stats().cache);
  EXPECT_FALSE(auth->stats().lookups);
  EXPECT_TRUE(auth->check());
  fail_all();
  EXPECT_FALSE(auth->check());
}

}  // namespace
}  // namespace latchkey::testing
