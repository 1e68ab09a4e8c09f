#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "latchkey/near_cache.h"
#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

constexpr std::string_view kForged = "lk1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

TEST(ApiSession, AnswersTheSameShapeAsLogin) {
  Site site;
  Browser browser(site);
  const auto signed_up = browser.sign_up("ada");
  const auto response = browser.get("/v1/session");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, signed_up.body);
  EXPECT_FALSE(header(response, "Set-Cookie"));
}

TEST(ApiSession, FreshAsksTheStoreAndNotACopy) {
  Site site("http://localhost:4470", {}, [](Store& inner) -> std::unique_ptr<Store> {
    return make_near_cache(inner, {.max_age = hours{1}});
  });
  Browser browser(site);
  browser.sign_up("ada");
  EXPECT_EQ(browser.get("/v1/session").status, 200);
  const SessionId id = SessionId::parse(browser.cookie.substr(4, SessionId::kLength)).value();
  ASSERT_TRUE(site.memory->sessions().remove({&id, 1}, EndReason::revoked, site.clock.now()));
  EXPECT_EQ(browser.get("/v1/session").status, 200) << "this node has not heard of it";
  EXPECT_EQ(browser.send("HEAD", "/v1/session?fresh=1").status, 401);
  EXPECT_EQ(code(browser.get("/v1/session?fresh=1")), "revoked");
  EXPECT_EQ(browser.get("/v1/session").status, 401);
}

TEST(ApiSession, AnEndedSessionChangesNoPasswordHoweverLongACopyLives) {
  Site site("http://localhost:4470", {}, [](Store& inner) -> std::unique_ptr<Store> {
    return make_near_cache(inner, {.max_age = hours{1}});
  });
  Browser browser(site);
  browser.sign_up("ada");
  EXPECT_EQ(browser.get("/v1/session").status, 200) << "a copy is kept";
  const SessionId id = SessionId::parse(browser.cookie.substr(4, SessionId::kLength)).value();
  ASSERT_TRUE(site.memory->sessions().remove({&id, 1}, EndReason::revoked, site.clock.now()));
  const auto response = browser.post_json(
      "/v1/password",
      R"({"current_password":"correct horse battery","new_password":"another long password"})");
  EXPECT_EQ(response.status, 401) << response.body;
  EXPECT_EQ(Browser(site).log_in("ada").status, 200) << "the password is the old one";
}

TEST(ApiSession, AnUnknownFreshIsRefused) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  for (const char* fresh : {"?fresh=0", "?fresh=", "?fresh=true", "?fresh=1&fresh=1"}) {
    EXPECT_EQ(code(browser.get(std::string("/v1/session") + fresh)), "bad_query") << fresh;
  }
  EXPECT_EQ(browser.get("/v1/session?fresh=1").status, 200);
  EXPECT_EQ(browser.get("/v1/session?other=1").status, 200);
}

TEST(ApiSession, WithoutCookieIsNoSession) {
  Site site;
  const auto response = Browser(site).get("/v1/session");
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(code(response), "no_session");
  EXPECT_EQ(*header(response, "WWW-Authenticate"), "Session error=\"no_session\"");
}

TEST(ApiSession, R92EveryBadTokenIsTheSameBytes) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const std::string good = browser.cookie;
  const std::string anonymous = text(Browser(site).get("/v1/session"));
  const std::string wrong_secret = good.substr(0, 27) + std::string(24, 'A');
  for (const std::string& token :
       {std::string("x"), std::string(kForged), wrong_secret, good + "A", good.substr(1),
        std::string(4000, 'A'), std::string("\"") + good + "\"", std::string("%00")}) {
    browser.cookie = token;
    EXPECT_EQ(text(browser.get("/v1/session")), anonymous) << token;
  }
}

TEST(ApiSession, R92ExpiredAndRevokedAreToldOnlyToTheHolderOfTheSecret) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  Browser revoked(site);
  revoked.log_in("ada");
  const std::string revoked_token = revoked.cookie;
  revoked.send("POST", "/v1/logout");
  revoked.cookie = revoked_token;
  EXPECT_EQ(code(revoked.get("/v1/session")), "revoked");
  revoked.cookie = revoked_token.substr(0, 27) + std::string(24, 'A');
  EXPECT_EQ(code(revoked.get("/v1/session")), "no_session");

  site.clock.advance(days{15});
  const auto expired = browser.get("/v1/session");
  EXPECT_EQ(code(expired), "expired");
  EXPECT_FALSE(header(expired, "Set-Cookie"));
  browser.cookie = browser.cookie.substr(0, 27) + std::string(24, 'A');
  EXPECT_EQ(code(browser.get("/v1/session")), "no_session");
}

TEST(ApiSession, NeverExtends) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  site.clock.advance(days{10});
  for (const auto* method : {"GET", "HEAD"}) {
    const auto response = browser.send(method, "/v1/session");
    EXPECT_EQ(json_text(response.body, "expires_in"), std::to_string(4 * 86400));
    EXPECT_EQ(json_text(response.body, "last_seen_at"), json_text(response.body, "created_at"));
  }
  ASSERT_TRUE(site.sessions->flush());
  site.clock.advance(days{4});
  EXPECT_EQ(code(browser.get("/v1/session")), "expired");
}

TEST(ApiSession, R7AcceptsTheTokenFromTheCookieOnly) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const std::string token = browser.cookie;
  Browser other(site);
  for (const auto& target : {"/v1/session?session=" + token, "/v1/session?token=" + token}) {
    EXPECT_EQ(other.get(target).status, 401);
  }
  EXPECT_EQ(other.get("/v1/session;jsessionid=" + token).status, 404);
  EXPECT_EQ(other.get("/v1/session", {{"X-Session", token}}).status, 401);
  EXPECT_EQ(other.get("/v1/session", {{"Authorization", "Bearer " + token}}).status, 401);
}

TEST(ApiSession, R40ReadsTheCookieFromAnyLine) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const std::string ours = "session-4470=" + browser.cookie;
  for (int at = 0; at < 10; ++at) {
    Headers lines;
    for (int i = 0; i < 10; ++i) {
      lines.emplace_back("Cookie", i == at ? ours : "other" + std::to_string(i) + "=x");
    }
    EXPECT_EQ(browser.get("/v1/session", lines).status, 200) << at;
  }
  EXPECT_EQ(browser.get("/v1/session", {{"Cookie", "a=b;" + ours + ";c=d"}}).status, 200);
}

TEST(ApiSession, R41ADuplicatedCookieIsNoSession) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const std::string good = "session-4470=" + browser.cookie;
  for (const auto& line : {good + "; session-4470=evil", "session-4470=evil; " + good}) {
    EXPECT_EQ(code(browser.get("/v1/session", {{"Cookie", line}})), "no_session") << line;
  }
  EXPECT_EQ(code(browser.get("/v1/session", {{"Cookie", good}, {"Cookie", good}})), "no_session");
}

TEST(ApiSession, MoreCookieLinesThanAnyBrowserSendsAreNoSession) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  Headers lines{{"Cookie", "session-4470=" + browser.cookie}};
  for (int i = 0; i < 16; ++i) lines.emplace_back("Cookie", "other=x");
  EXPECT_EQ(code(browser.get("/v1/session", lines)), "no_session");
}

TEST(ApiSession, R42NamesThatOnlyLookAlikeAreIgnored) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const std::string value = "=" + browser.cookie;
  for (const std::string& name : std::initializer_list<std::string>{
           "Session-4470", "\xe2\x80\x80session-4470", "%73ession-4470", "session-4471", "session",
           "__Host-session"}) {
    EXPECT_EQ(browser.get("/v1/session", {{"Cookie", name + value}}).status, 401) << name;
  }
}

TEST(ApiSession, AGuestHasASessionButNoUser) {
  Site site;
  Browser guest(site);
  guest.cookie = (*site.sessions->create_guest()).token.reveal();
  const auto response = guest.get("/v1/session");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(json_text(response.body, "user"), "null");
  EXPECT_EQ(guest.get("/v1/sessions").status, 401);
}

TEST(ApiSession, AUserTheStoreDoesNotKnowHasAnIdButNoName) {
  Site site;
  Browser browser(site);
  browser.cookie = (*site.sessions->create(UserId{42})).token.reveal();
  const auto response = browser.get("/v1/session");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, ::testing::StartsWith("{\"user\":{\"id\":\"42\",\"username\":null}"));
}

TEST(ApiSession, ADisabledUserHasNoSession) {
  Site site;
  Browser browser(site);
  const auto user = UserId::parse(json_text(browser.sign_up("ada").body, "id"));
  ASSERT_TRUE(*site.store().users().set_disabled(*user, true));
  EXPECT_EQ(code(browser.get("/v1/session")), "no_session");
  EXPECT_EQ(code(browser.get("/v1/sessions")), "no_session");
  EXPECT_EQ(code(browser.send("DELETE", "/v1/sessions?scope=others")), "no_session");
  EXPECT_EQ(code(browser.send("DELETE", "/v1/sessions/AAAAAAAAAAAAAAAAAAAAAAA")), "no_session");
  for (const auto* form : {"/sessions/end", "/sessions/end-others"}) {
    EXPECT_EQ(header(browser.post_form(form, ""), "Location"), "/login?next=/sessions") << form;
  }
  EXPECT_EQ(browser.get("/login").status, 200) << "the form, not the way home";
}

TEST(ApiRefresh, MovesTheIdleDeadlineNow) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  site.clock.advance(days{10});
  const auto refreshed = browser.send("POST", "/v1/session/refresh");
  EXPECT_EQ(refreshed.status, 200);
  EXPECT_EQ(json_text(refreshed.body, "expires_in"), std::to_string(14 * 86400));
  EXPECT_EQ(json_text(refreshed.body, "username"), "ada");
  EXPECT_EQ(browser.get("/v1/session").body, refreshed.body);
}

TEST(ApiRefresh, NeverPassesTheAbsoluteDeadline) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  site.clock.advance(days{13});
  browser.send("POST", "/v1/session/refresh");
  site.clock.advance(days{13});
  const auto refreshed = browser.send("POST", "/v1/session/refresh");
  EXPECT_EQ(json_text(refreshed.body, "expires_in"), std::to_string(4 * 86400));
  site.clock.advance(days{4});
  EXPECT_EQ(code(browser.send("POST", "/v1/session/refresh")), "expired");
}

TEST(ApiRefresh, MovesNothingForAFixedSession) {
  Site site("http://localhost:4470", Policy::fixed(hours{8}));
  Browser browser(site);
  browser.sign_up("ada");
  site.clock.advance(hours{7});
  const auto refreshed = browser.send("POST", "/v1/session/refresh");
  EXPECT_EQ(refreshed.status, 200);
  EXPECT_EQ(json_text(refreshed.body, "expires_in"), "3600");
}

TEST(ApiRefresh, WritesTheCookieAgainWhenThePolicyWantsIt) {
  Site site("http://localhost:4470", Policy::lucia());
  Browser browser(site);
  browser.sign_up("ada");
  const std::string token = browser.cookie;
  EXPECT_FALSE(header(browser.send("POST", "/v1/session/refresh"), "Set-Cookie"))
      << "nothing moved";
  for (const days wait : {days{1}, days{16}}) {
    site.clock.advance(wait);
    EXPECT_TRUE(sets_cookie(browser.send("POST", "/v1/session/refresh"))) << wait.count();
    EXPECT_EQ(browser.cookie, token);
  }
}

TEST(ApiRefresh, Is401WithoutASessionAndTellsWhy) {
  Site site;
  Browser browser(site);
  EXPECT_EQ(code(browser.send("POST", "/v1/session/refresh")), "no_session");
  browser.sign_up("ada");
  const std::string token = browser.cookie;
  browser.send("POST", "/v1/logout");
  browser.cookie = token;
  const auto response = browser.send("POST", "/v1/session/refresh");
  EXPECT_EQ(code(response), "revoked");
  EXPECT_FALSE(header(response, "Set-Cookie"));
}

}  // namespace
}  // namespace latchkey::testing
