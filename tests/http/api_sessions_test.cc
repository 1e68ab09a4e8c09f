#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/json/json.h"
#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::size_t count_sessions(const http::Response& response) {
  const auto body = codec::parse_json(response.body);
  return body->find("sessions")->array()->size();
}

std::string id_of(const Browser& browser) { return browser.cookie.substr(4, 23); }

TEST(ApiSessions, ListsTheSessionsOfTheUserNewestFirst) {
  Site site;
  Browser first(site);
  first.sign_up("ada");
  site.clock.advance(std::chrono::seconds{5});
  Browser second(site);
  second.user_agent = "curl/8.0";
  second.log_in("ada");
  Browser stranger(site);
  stranger.sign_up("bob");
  const auto response = first.get("/v1/sessions");
  EXPECT_EQ(response.status, 200);
  const auto body = codec::parse_json(response.body);
  const auto& list = *body->find("sessions")->array();
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(*list[0].find("id")->string(), id_of(second));
  EXPECT_EQ(*list[0].find("device")->string(), "curl");
  EXPECT_FALSE(*list[0].find("current")->boolean());
  EXPECT_EQ(*list[1].find("id")->string(), id_of(first));
  EXPECT_EQ(*list[1].find("device")->string(), "Firefox on Linux");
  EXPECT_EQ(*list[1].find("address")->string(), "192.0.2.7");
  EXPECT_TRUE(*list[1].find("current")->boolean());
  EXPECT_EQ(body->find("next"), nullptr);
}

TEST(ApiSessions, PagesWithAfterAndLimit) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  for (int i = 0; i < 4; ++i) Browser(site).log_in("ada");
  auto response = browser.get("/v1/sessions?limit=2");
  EXPECT_EQ(count_sessions(response), 2U);
  response = browser.get("/v1/sessions?limit=2&after=" + json_text(response.body, "next"));
  EXPECT_EQ(count_sessions(response), 2U);
  response = browser.get("/v1/sessions?limit=2&after=" + json_text(response.body, "next"));
  EXPECT_EQ(count_sessions(response), 1U);
  EXPECT_THAT(response.body, Not(HasSubstr("next")));
}

TEST(ApiSessions, BadQueriesAre400) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  for (const auto* query : {"limit=0", "limit=101", "limit=-1", "limit=x",
                            "limit=", "limit=1&limit=1", "after=%", "after=no-such-place"}) {
    EXPECT_EQ(code(browser.get("/v1/sessions?" + std::string(query))), "bad_query") << query;
  }
}

TEST(ApiSessions, AllRoutesAre401WithoutASession) {
  Site site;
  Browser browser(site);
  EXPECT_EQ(code(browser.get("/v1/sessions")), "no_session");
  EXPECT_EQ(code(browser.send("DELETE", "/v1/sessions?scope=all")), "no_session");
  EXPECT_EQ(code(browser.send("DELETE", "/v1/sessions/AAAAAAAAAAAAAAAAAAAAAAA")), "no_session");
}

TEST(ApiEndSession, EndsASessionOnAnotherDevice) {
  Site site;
  Browser first(site);
  first.sign_up("ada");
  Browser second(site);
  second.log_in("ada");
  const auto response = first.send("DELETE", "/v1/sessions/" + id_of(second));
  EXPECT_EQ(response.status, 204);
  EXPECT_FALSE(header(response, "Set-Cookie"));
  EXPECT_EQ(code(second.get("/v1/session")), "revoked");
  EXPECT_EQ(first.get("/v1/session").status, 200);
}

// R22: the answer is held back until a copy of the session can be nowhere.
TEST(ApiEndSession, R22WaitHoldsTheAnswerForAsLongAsANodeMayNotKnow) {
  Site site;
  Browser first(site);
  first.sign_up("ada");
  Browser second(site);
  second.log_in("ada");
  EXPECT_EQ(first.send("DELETE", "/v1/sessions/" + id_of(second) + "?wait=1").hold, kStaleness);
  second.log_in("ada");
  EXPECT_EQ(first.send("DELETE", "/v1/sessions?scope=others&wait=1").hold, kStaleness);
  second.log_in("ada");
  EXPECT_EQ(second.send("DELETE", "/v1/sessions/" + id_of(first)).hold, Millis{0});
  EXPECT_EQ(second.send("POST", "/v1/logout?wait=1").hold, kStaleness);
}

// A stranger must not be able to hold a connection for as long as that takes.
TEST(ApiEndSession, M7WaitHoldsNothingIfNothingEnded) {
  Site site;
  Browser nobody(site);
  EXPECT_EQ(nobody.send("POST", "/v1/logout?wait=1").hold, Millis{0});
  nobody.cookie = "no token";
  EXPECT_EQ(nobody.send("POST", "/v1/logout?wait=1").hold, Millis{0});
  Browser ada(site);
  ada.sign_up("ada");
  EXPECT_EQ(ada.send("DELETE", "/v1/sessions?scope=others&wait=1").hold, Millis{0});
  EXPECT_EQ(ada.send("POST", "/v1/logout?wait=1").hold, kStaleness);
  EXPECT_EQ(ada.send("POST", "/v1/logout?wait=1").hold, Millis{0});
}

TEST(ApiEndSession, AnUnknownWaitEndsNothing) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  for (const char* wait : {"?wait=0", "?wait=", "?wait=5", "?wait=true"}) {
    EXPECT_EQ(code(browser.send("DELETE", "/v1/sessions/" + id_of(browser) + wait)), "bad_query");
    EXPECT_EQ(code(browser.send("POST", std::string("/v1/logout") + wait)), "bad_query");
  }
  EXPECT_EQ(code(browser.send("DELETE", "/v1/sessions?scope=all&wait=no")), "bad_query");
  EXPECT_EQ(browser.get("/v1/session").status, 200);
}

TEST(ApiEndSession, EndingTheOwnOneBlanksTheCookie) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const auto response = browser.send("DELETE", "/v1/sessions/" + id_of(browser));
  EXPECT_EQ(response.status, 204);
  EXPECT_TRUE(blanks_cookie(response));
}

TEST(ApiEndSession, R24AnotherUsersIdAnswersExactlyLikeAnUnknownOne) {
  Site site;
  Browser ada(site);
  ada.sign_up("ada");
  Browser bob(site);
  bob.sign_up("bob");
  const auto foreign = ada.send("DELETE", "/v1/sessions/" + id_of(bob));
  const auto unknown = ada.send("DELETE", "/v1/sessions/" + id_of(bob).substr(0, 22) + "_");
  const auto nonsense = ada.send("DELETE", "/v1/sessions/nonsense");
  EXPECT_EQ(foreign.status, 404);
  EXPECT_EQ(code(foreign), "session_not_found");
  EXPECT_EQ(text(foreign), text(unknown));
  EXPECT_EQ(text(foreign), text(nonsense));
  EXPECT_EQ(bob.get("/v1/session").status, 200);
}

TEST(ApiEndSession, AnEndedOneIsNotFound) {
  Site site;
  Browser first(site);
  first.sign_up("ada");
  Browser second(site);
  second.log_in("ada");
  EXPECT_EQ(first.send("DELETE", "/v1/sessions/" + id_of(second)).status, 204);
  EXPECT_EQ(first.send("DELETE", "/v1/sessions/" + id_of(second)).status, 404);
}

TEST(ApiEndSession, R24EndingOtherSessionsNeedsALogInOfAMomentAgo) {
  Site site;
  Browser own(site);
  own.sign_up("ada");
  Browser other(site);
  other.log_in("ada");
  site.clock.advance(std::chrono::minutes{5} + Millis{1});
  for (const std::string& target :
       {"/v1/sessions/" + id_of(other), std::string("/v1/sessions?scope=others"),
        std::string("/v1/sessions?scope=all")}) {
    const auto refused = own.send("DELETE", target);
    EXPECT_EQ(refused.status, 401) << target;
    EXPECT_EQ(code(refused), "recent_login") << target;
  }
  EXPECT_EQ(own.get("/v1/sessions").status, 200) << "to look is fine";
  EXPECT_EQ(other.get("/v1/session").status, 200) << "nothing was ended";
  EXPECT_EQ(other.send("DELETE", "/v1/sessions/" + id_of(other)).status, 204)
      << "one's own session ends as by a log-out";
  EXPECT_EQ(own.post_json("/v1/session/reauth", R"({"password":"correct horse battery"})").status,
            200);
  EXPECT_EQ(own.send("DELETE", "/v1/sessions?scope=others").status, 200);
}

TEST(ApiEndSession, R24AListedIdOpensNothing) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  Browser thief(site);
  thief.cookie = id_of(browser);
  EXPECT_EQ(thief.get("/v1/session").status, 401);
}

TEST(ApiEndSessions, OthersKeepsThisOneAndLeavesOtherUsersAlone) {
  Site site;
  Browser first(site);
  first.sign_up("ada");
  Browser second(site);
  second.log_in("ada");
  Browser bob(site);
  bob.sign_up("bob");
  const auto response = first.send("DELETE", "/v1/sessions?scope=others");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "{\"ended\":1}\n");
  EXPECT_FALSE(header(response, "Set-Cookie"));
  EXPECT_EQ(code(second.get("/v1/session")), "revoked");
  EXPECT_EQ(first.get("/v1/session").status, 200);
  EXPECT_EQ(bob.get("/v1/session").status, 200);
}

TEST(ApiEndSessions, AllEndsThisOneTooAndBlanksTheCookie) {
  Site site;
  Browser first(site);
  first.sign_up("ada");
  Browser second(site);
  second.log_in("ada");
  const std::string token = first.cookie;
  const auto response = first.send("DELETE", "/v1/sessions?scope=all");
  EXPECT_EQ(response.body, "{\"ended\":2}\n");
  EXPECT_TRUE(blanks_cookie(response));
  first.cookie = token;
  EXPECT_EQ(code(first.get("/v1/session")), "revoked");
  EXPECT_EQ(code(second.get("/v1/session")), "revoked");
}

TEST(ApiEndSessions, NeedsAScopeItKnows) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  for (const auto* target : {"/v1/sessions", "/v1/sessions?scope=", "/v1/sessions?scope=everything",
                             "/v1/sessions?scope=all&scope=others", "/v1/sessions?scope=%"}) {
    EXPECT_EQ(code(browser.send("DELETE", target)), "bad_query") << target;
  }
  EXPECT_EQ(browser.get("/v1/session").status, 200);
}

}  // namespace
}  // namespace latchkey::testing
