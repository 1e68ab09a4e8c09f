// GET /v1/verify and its dialects, as proxies ask.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/verify_fixture.h"

namespace latchkey::testing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(VerifyTest, EveryDialectTellsWhoAsksAndNobodyElse) {
  const std::string user = json_text(json_text(ann_.get("/v1/session").body, "user"), "id");
  ASSERT_NE(user, "");
  for (const std::string& path :
       {std::string("/v1/verify"), kNginx, kForward, kEnvoy, kEnvoy + "/any/path"}) {
    const auto allowed = ask(path, {cookie_, {"Host", "app.example.com"}});
    EXPECT_EQ(allowed.status, 200) << path;
    EXPECT_EQ(*header(allowed, "X-Session-User"), user);
    EXPECT_EQ(*header(allowed, "X-Auth-Request-User"), *header(allowed, "X-Session-User"));
    EXPECT_EQ(*header(allowed, "X-Session-Username"), "ann@example.com");
    EXPECT_EQ(*header(allowed, "Remote-User"), "ann@example.com");
    EXPECT_EQ(*header(allowed, "Remote-Email"), "") << "nobody has proven that it is theirs";
    EXPECT_EQ(*header(allowed, "X-Session-Level"), "aal1");
    EXPECT_EQ(allowed.body.empty(), path != "/v1/verify") << path;
    const auto denied = ask(path, {{"Host", "app.example.com"}});
    EXPECT_EQ(denied.status, 401) << path;
    EXPECT_EQ(header(denied, "WWW-Authenticate"), "Session error=\"no_session\"");
  }
}

TEST_F(VerifyTest, OathkeeperFindsSubjectAndExtra) {
  const auto answer = ask("/v1/verify", {cookie_});
  EXPECT_EQ(json_text(answer.body, "subject"), *header(answer, "X-Session-User"));
  EXPECT_EQ(json_text(answer.body, "username"), "ann@example.com");
}

TEST_F(VerifyTest, AnyMethodAndNoBodyIsWaitedFor) {
  for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    EXPECT_EQ(ask(kForward, {cookie_}, method).status, 200) << method;
    EXPECT_EQ(ask(kForward, {}, method).status, 401) << method;
  }
  for (const auto* path : {"/v1/verify", "/v1/verify/nginx", "/v1/verify/envoy/a/b"}) {
    EXPECT_FALSE(http::reads_body({.path = path})) << path;
  }
  EXPECT_TRUE(http::reads_body({.path = "/v1/login"}));
  EXPECT_EQ(ask("/v1/verify/other", {cookie_}).status, 404);
  EXPECT_EQ(ask("/v1/verify/envoyer", {cookie_}).status, 404);
}

// The page that is asked for is what the user does; otherwise a busy user would be logged out.
TEST_F(VerifyTest, CountsAsActivity) {
  for (int day = 0; day < 20; ++day) {
    site_.clock.advance(hours{24});
    EXPECT_EQ(ask(kNginx, nginx("https://app.example.com/a")).status, 200) << day;
  }
}

TEST_F(VerifyTest, ARenewedCookieGoesBackAloneAndOnlyWhenItIsDue) {
  serve({}, [](AuthOptions& options) {
    options.policy.renew_cookie = true;
    options.cookie.domain = "example.com";  // with it goes the deletion of the host-only cookie
  });
  Browser bob(site_);
  bob.post_json("/v1/signup", R"({"username":"bob","password":"correct horse battery"})");
  Headers headers = nginx("https://app.example.com/a");
  headers[0].second = "__Secure-session=" + bob.cookie;
  EXPECT_EQ(cookies(ask(kNginx, headers)), 0);
  site_.clock.advance(hours{24 * 8});
  const auto renewed = ask(kNginx, headers);
  ASSERT_EQ(cookies(renewed), 1);
  EXPECT_THAT(*header(renewed, "Set-Cookie"), StartsWith("__Secure-session=" + bob.cookie));
  EXPECT_THAT(*header(renewed, "Set-Cookie"), HasSubstr("Domain=example.com"));
}

TEST_F(VerifyTest, NavigationsAreSentToTheLogInPageAndBack) {
  const Headers page = with(forward("app.example.com", "/a?b=c&d=e"), navigation_);
  auto answer = ask(kForward, without_cookie(page));
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(location(answer), "https://app.example.com/login?next=/a%3Fb%3Dc%26d%3De");
  EXPECT_TRUE(answer.body.empty());
  answer = ask(kEnvoy + "/a?b=c", with({{"Host", "app.example.com"}, {"Accept", "text/html"}}, {}),
               "GET");
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(location(answer), "https://app.example.com/login?next=/a%3Fb%3Dc");
  // What a form was sent to is no page to come back to.
  answer =
      ask(kForward, with(without_cookie(forward("app.example.com", "/a", "POST")), navigation_));
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(location(answer), "https://app.example.com/login");
  EXPECT_EQ(ask(kForward + "?redirect=never", without_cookie(page)).status, 401);
}

TEST_F(VerifyTest, WhatIsNoNavigationGets401) {
  const Headers plain = without_cookie(forward("app.example.com", "/a"));
  EXPECT_EQ(ask(kForward, plain).status, 401);
  for (const Headers& more : {Headers{{"Accept", "*/*"}},
                              {{"Accept", "text/html"}, {"X-Requested-With", "XMLHttpRequest"}},
                              {{"Accept", "text/html"}, {"Sec-Fetch-Mode", "cors"}},
                              {{"Accept", "text/html"}, {"Upgrade", "websocket"}}}) {
    const auto answer = ask(kForward, with(plain, more));
    EXPECT_EQ(answer.status, more.back().first == "Upgrade" ? 403 : 401) << more.back().second;
    EXPECT_EQ(location(answer), "none");
  }
}

TEST_F(VerifyTest, NginxNeverGetsARedirect) {
  const auto page =
      ask(kNginx, with(without_cookie(nginx("https://app.example.com/a?b")), navigation_));
  EXPECT_EQ(page.status, 401);
  EXPECT_EQ(location(page), "https://app.example.com/login?next=/a%3Fb") << "a hint for error_page";
  EXPECT_EQ(location(ask(kNginx, without_cookie(nginx("https://app.example.com/a")))), "none");
  EXPECT_EQ(ask(kNginx, navigation_).status, 401);
  for (const Headers& wrong : {nginx("nonsense"), nginx("https://app.example.com/a", "G T"),
                               nginx("https://app.example.com/%2e%2e/a"),
                               with(nginx("https://app.example.com/"), nginx("x"))}) {
    EXPECT_EQ(ask(kNginx, wrong).status, 403);
  }
  EXPECT_EQ(ask(kNginx + "?level=9", nginx("https://app.example.com/")).status, 403);
}

TEST_F(VerifyTest, TheQueryMakesDemands) {
  const Headers page = forward("app.example.com", "/a");
  EXPECT_EQ(code(ask(kForward + "?level=2", page)), "level_required");
  EXPECT_EQ(code(ask(kForward + "?level=aal2", with(page, navigation_))), "level_required")
      << "the log-in page could not help";
  EXPECT_EQ(ask(kForward + "?level=1", page).status, 200);
  EXPECT_EQ(ask(kForward + "?max_auth_age=5m", page).status, 200);
  site_.clock.advance(minutes{6});
  EXPECT_EQ(code(ask(kForward + "?max_auth_age=5m", page)), "recent_login");
  EXPECT_EQ(ask(kForward + "?max_auth_age=600", page).status, 200);
  EXPECT_EQ(location(ask(kForward + "?max_auth_age=5m", with(page, navigation_))),
            "https://app.example.com/reauth?next=/a");
  EXPECT_EQ(ann_.get("/reauth?next=/a").status, 200) << "they confirm who they are";
  for (const char* query : {"?level=4", "?level=", "?levle=2", "?max_auth_age=0", "?fresh=yes",
                            "?level=1&level=2", "?optional=true", "?redirect=no"}) {
    EXPECT_EQ(code(ask(kForward + query, page)), "bad_query") << query;
  }
  // Caddy passes the client's query on where the operator wrote none: it can demand, not allow.
  Headers nobody = without_cookie(forward("app.example.com", "/a?optional=1&x=y"));
  EXPECT_EQ(ask(kForward + "?optional=1&x=y", nobody).status, 401);
  EXPECT_EQ(ask(kForward + "?optional=1", {{"X-Forwarded-Host", "app.example.com"}}).status, 401)
      << "nobody knows whose query it is";
  EXPECT_EQ(ask(kForward + "?optional=1", {}).status, 200) << "no proxy speaks";
  EXPECT_EQ(ask(kForward + "?optional=1", nobody, "GET", "192.0.2.7").status, 401);
  EXPECT_EQ(ask(kForward + "?a=b&%zz", forward("app.example.com", "/?a=b&%zz")).status, 200);
  EXPECT_EQ(code(ask(kForward + "?level=2", forward("app.example.com", "/?level=2"))),
            "level_required")
      << "so the operator's demand holds whatever the client sends";
  // Behind Envoy's prefix the query is the client's.
  EXPECT_EQ(ask(kEnvoy + "/a?optional=1", {{"Host", "app.example.com"}}).status, 401);
  EXPECT_EQ(ask(kEnvoy + "/a?level=9", {cookie_, {"Host", "app.example.com"}}).status, 200);
}

TEST_F(VerifyTest, OptionalLetsAnybodyPassWithTheirNameOrNone) {
  const auto nobody =
      ask(kForward + "?optional=1", without_cookie(forward("app.example.com", "/")));
  EXPECT_EQ(nobody.status, 200);
  for (const std::string& name : kIdentity) EXPECT_EQ(*header(nobody, name), "") << name;
  EXPECT_EQ(*header(ask(kForward + "?optional=1", forward("app.example.com", "/")), "Remote-User"),
            "ann@example.com");
  EXPECT_EQ(ask(kForward + "?optional=1",
                with(forward("app.example.com", "/", "POST"), {{"Origin", "https://evil.com"}}))
                .status,
            403);
}

TEST_F(VerifyTest, AStoreThatFailsIs503AndTheCookieStays) {
  g_store_down = true;
  for (const std::string& path :
       {std::string("/v1/verify"), kNginx, kForward, kEnvoy + "/a", kForward + "?redirect=never"}) {
    const auto answer = ask(path, with({cookie_, {"Host", "app.example.com"}}, navigation_));
    EXPECT_EQ(answer.status, 503) << path;
    EXPECT_EQ(cookies(answer), 0) << path;
    EXPECT_EQ(location(answer), "none") << path;
    EXPECT_TRUE(header(answer, "Retry-After")) << path;
  }
  g_store_down = false;
  EXPECT_EQ(ask(kForward, {cookie_}).status, 200);
}

TEST_F(VerifyTest, APublicPathIsServedWithoutTheStore) {
  rules({"/public/* public"});
  g_store_down = true;
  const auto answer = ask(kForward, forward("app.example.com", "/public/a"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(*header(answer, "X-Session-User"), "");
  EXPECT_EQ(ask(kForward, forward("app.example.com", "/other")).status, 503);
}

TEST_F(VerifyTest, ABadOrEndedSessionIsNobodysAndItsCookieStaysForTheLogInPage) {
  const auto check = [&](const std::string& wanted) {
    const auto page = ask(kForward, with(forward("app.example.com", "/a"), navigation_));
    EXPECT_EQ(page.status, 302);
    EXPECT_EQ(cookies(page), 0);
    const auto script = ask(kForward, forward("app.example.com", "/a"));
    EXPECT_EQ(code(script), wanted);
    EXPECT_EQ(cookies(script), 0);
  };
  ann_.send("POST", "/v1/logout");
  check("revoked");
  cookie_.second += "x";
  check("no_session");
}

TEST_F(VerifyTest, AttributesAreToldOnlyWhenAskedFor) {
  EXPECT_EQ(*header(ask(kForward, {cookie_}), "X-Session-Data"), "");
  serve({.data = true});
  EXPECT_EQ(*header(ask(kForward, {cookie_}), "X-Session-Data"), "e30");
  serve({.aliases = false});
  const auto answer =
      site_.service->handle({.method = "GET", .path = "/v1/verify", .peer_address = "127.0.0.1"});
  EXPECT_FALSE(header(answer, "Remote-User"));
}

// Where the session lives in the cookie, using it writes the cookie again.
TEST_F(VerifyTest, EveryCarrierKeepsABusyUserIn) {
  for (const Carrier carrier : {Carrier::stored, Carrier::encrypted_id, Carrier::hybrid,
                                Carrier::sealed, Carrier::signed_token}) {
    serve({}, [&](AuthOptions& options) { options.carrier = carrier; });
    Browser bob(site_);
    ASSERT_EQ(bob.sign_up("bob" + std::to_string(static_cast<int>(carrier))).status, 201);
    for (int day = 0; day < 25; ++day) {
      site_.clock.advance(hours{24});
      cookie_.second = site_.sessions->options().cookie.name + "=" + bob.cookie;
      const auto answer = ask(kNginx, nginx("https://app.example.com/a"));
      ASSERT_EQ(answer.status, 200) << carrier_name(carrier) << " after " << day;
      const auto set = header(answer, "Set-Cookie");
      if (set) bob.cookie = set->substr(set->find('=') + 1, set->find(';') - set->find('=') - 1);
    }
  }
}

TEST_F(VerifyTest, ACookieInSeveralPiecesIsNotWritten) {
  serve({}, [](AuthOptions& options) {
    options.cookie.max_chunks = 3;
    options.policy.renew_cookie = true;
  });
  site_.clock.advance(hours{24 * 8});
  const auto answer = ask(kForward, {cookie_});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(cookies(answer), 0);
}

}  // namespace
}  // namespace latchkey::testing
