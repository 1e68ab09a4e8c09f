// GET /v1/verify and its dialects, as proxies ask and as clients try to get round them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/takeover.h"
#include "http/routes.h"
#include "latchkey/faulty.h"
#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::vector<std::string> kIdentity = {"X-Session-Id",
                                            "X-Session-User",
                                            "X-Session-Username",
                                            "X-Session-Tenant",
                                            "X-Session-Level",
                                            "X-Session-Auth-Time",
                                            "X-Session-Expires",
                                            "X-Session-Scope",
                                            "X-Session-Data",
                                            "X-Session-Jwt",
                                            "X-Session-Age",
                                            "Remote-User",
                                            "Remote-Name",
                                            "Remote-Email",
                                            "Remote-Groups",
                                            "X-Auth-Request-User",
                                            "X-Auth-Request-Email",
                                            "X-Auth-Request-Groups",
                                            "X-Auth-Request-Preferred-Username"};

bool g_store_down = false;
std::unique_ptr<Store> failing_store(Store& inner) {
  return make_faulty_store(inner, [](StoreCall, std::uint64_t) {
    return g_store_down ? Fault::fail_before : Fault::none;
  });
}

const std::string kNginx = "/v1/verify/nginx";
const std::string kForward = "/v1/verify/forward";
const std::string kEnvoy = "/v1/verify/envoy";

class VerifyTest : public ::testing::Test {
 protected:
  VerifyTest() {
    EXPECT_EQ(ann_.sign_up("ann@example.com").status, 201);
    cookie_ = {"Cookie", site_.sessions->options().cookie.name + "=" + ann_.cookie};
  }
  ~VerifyTest() override { g_store_down = false; }

  void serve(http::VerifySettings settings, const std::function<void(AuthOptions&)>& change = {}) {
    AuthOptions options = site_.auth->options();
    if (change) change(options);
    site_.open(std::move(options));
    site_.service = std::make_unique<http::Service>(
        *site_.auth, http::ServiceOptions{.verify = std::move(settings)});
  }
  void rules(const std::vector<std::string>& entries) {
    auto parsed = http::PathRules::parse(entries);
    ASSERT_TRUE(parsed) << parsed.error().detail;
    serve({.rules = std::move(*parsed)});
  }

  // ask sends what a proxy sends.
  http::Response ask(const std::string& target, const Headers& headers = {},
                     std::string_view method = "GET", std::string_view peer = "127.0.0.1") {
    std::vector<http::Header> views;
    for (const auto& [name, value] : headers) views.push_back({name, value});
    http::Request request;
    request.method = method;
    const std::size_t question = target.find('?');
    request.path = std::string_view(target).substr(0, question);
    if (question != std::string::npos)
      request.query = std::string_view(target).substr(question + 1);
    request.headers = views;
    request.peer_address = peer;
    EXPECT_EQ(site_.service->lane(request), http::Lane::inline_read);
    http::Response response = site_.service->handle(request);
    EXPECT_LE(cookies(response), 1) << "proxies pass one cookie on, or join them";
    if (response.status == 200) {
      for (const std::string& name : kIdentity) EXPECT_TRUE(header(response, name)) << name;
    }
    return response;
  }
  static long cookies(const http::Response& response) {
    return std::count_if(response.headers.begin(), response.headers.end(),
                         [](const auto& line) { return line.first == "Set-Cookie"; });
  }
  // A navigation to `url`, told in each dialect's own way.
  Headers nginx(const std::string& url, const std::string& method = "GET") {
    return {cookie_, {"X-Original-URL", url}, {"X-Original-Method", method}};
  }
  Headers forward(const std::string& host, const std::string& uri,
                  const std::string& method = "GET") {
    return {cookie_,
            {"X-Forwarded-Method", method},
            {"X-Forwarded-Proto", "https"},
            {"X-Forwarded-Host", host},
            {"X-Forwarded-Uri", uri}};
  }
  static Headers with(Headers headers, const Headers& more) {
    headers.insert(headers.end(), more.begin(), more.end());
    return headers;
  }
  static Headers without_cookie(Headers headers) {
    std::erase_if(headers, [](const auto& line) { return line.first == "Cookie"; });
    return headers;
  }
  static std::string location(const http::Response& response) {
    return header(response, "Location").value_or("none");
  }

  Site site_{"https://app.example.com", {}, failing_store};
  Browser ann_{site_};
  std::pair<std::string, std::string> cookie_;
  const Headers navigation_ = {{"Accept", "text/html"}, {"Sec-Fetch-Mode", "navigate"}};
};

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

TEST_F(VerifyTest, R170TheWayBackLeadsToOurHostsOnly) {
  for (const char* host : {"evil.com", "app.example.com.evil.com", "other.example.com",
                           "app.example.com:8443", "evilapp.example.com"}) {
    const auto answer = ask(kForward, with(without_cookie(forward(host, "/a")), navigation_));
    EXPECT_EQ(answer.status, 401) << host << ": the cookie does not get there";
    EXPECT_EQ(location(answer), "none") << host;
  }
  serve({}, [](AuthOptions& options) {
    options.public_url = "https://auth.example.com";
    options.cookie.domain = "example.com";
  });
  auto answer =
      ask(kForward, with(without_cookie(forward("wiki.example.com", "/a?b")), navigation_));
  EXPECT_EQ(location(answer),
            "https://auth.example.com/login?next=https%3A//wiki.example.com/a%3Fb");
  answer =
      ask(kForward, with(without_cookie(forward("wiki.example.com.evil.com", "/")), navigation_));
  EXPECT_EQ(location(answer), "none");
  // A proxy that asks about the log-in page by mistake makes no loop.
  answer =
      ask(kForward, with(without_cookie(forward("auth.example.com", "/login?x")), navigation_));
  EXPECT_EQ(answer.status, 401);
}

TEST_F(VerifyTest, TheLogInPageLeadsBackToTheHostsOfTheCookie) {
  serve({}, [](AuthOptions& options) {
    options.public_url = "https://auth.example.com";
    options.cookie.domain = "example.com";
  });
  site_.public_url = "https://auth.example.com";
  Browser bob(site_);
  const std::string form = "username=bob&password=correct+horse+battery&next=";
  auto answer = bob.post_form("/signup", form + "https%3A//wiki.example.com/a%3Fb");
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(location(answer), "https://wiki.example.com/a?b");
  EXPECT_EQ(location(bob.get("/login?next=https%3A//wiki.example.com/a")),
            "https://wiki.example.com/a")
      << "who is signed in already goes on";
  Browser eve(site_);
  answer = eve.post_form("/login", form + "https%3A//evil.com/");
  EXPECT_EQ(location(answer), "/training");
}

TEST_F(VerifyTest, R126R134OnlyTrustedProxiesAndOnlyTheirOwnHeadersAreRead) {
  Headers all =
      with(forward("app.example.com", "/forward"), nginx("https://app.example.com/nginx"));
  all = with(without_cookie(all), navigation_);
  all.emplace_back("Host", "app.example.com");
  EXPECT_THAT(location(ask(kForward, all)), HasSubstr("next=/forward"));
  EXPECT_THAT(location(ask(kNginx, all)), HasSubstr("next=/nginx"));
  EXPECT_THAT(location(ask(kEnvoy + "/envoy", all)), HasSubstr("next=/envoy"));
  // From anybody else nothing is read.
  for (const std::string& path : {kForward, kNginx, kEnvoy + "/envoy"}) {
    const auto answer = ask(path, all, "GET", "192.0.2.7");
    EXPECT_EQ(location(answer), "https://app.example.com/login") << path;
  }
  const Headers forged = with(without_cookie(forward("evil.com", "/a")), navigation_);
  EXPECT_EQ(location(ask(kForward, forged, "GET", "192.0.2.7")), "https://app.example.com/login");
  serve({}, [](AuthOptions& options) { options.trusted_proxies = {"10.0.0.0/8"}; });
  EXPECT_THAT(location(ask(kForward, all, "GET", "10.1.2.3")), HasSubstr("next=/forward"));
  EXPECT_EQ(location(ask(kForward, all)), "https://app.example.com/login")
      << "loopback is trusted while no proxy is named";
}

TEST_F(VerifyTest, R130ABrokenOriginalAddressIsDenied) {
  for (const char* url :
       {"", "/a", "app.example.com/a", "ftp://app.example.com/a", "https://app.example.com",
        "https:///a", "https://user@app.example.com/a", "https://app.example.com:x/a",
        "https://app.example.com:123456/a", "https://app.example.com\\@evil.com/a",
        "https://app example.com/a", "https://app.example.com/a b", "https://app.example.com/\xff",
        "https://app.example.com//a", "https://app.example.com/a#b", "https://evil.com, x/a"}) {
    EXPECT_EQ(ask(kNginx, nginx(url)).status, 403) << url;
  }
  for (const Headers& headers :
       {forward("app.example.com", ""), forward("app.example.com", "a"), forward("", "/a"),
        forward("a, b", "/a"), forward("app.example.com", "http://app.example.com/a"),
        forward("app.example.com", "/a", "get"), forward("app.example.com", "/a", ""),
        forward("app.example.com", "/a;x"), forward("app.example.com", "*"),
        with(forward("app.example.com", "/a"), {{"X-Forwarded-Uri", "/b"}}),
        with(forward("app.example.com", "/a"), {{"X-Forwarded-Proto", "gopher"}})}) {
    const auto answer = ask(kForward, headers);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(code(answer), "bad_original");
  }
  EXPECT_EQ(ask(kEnvoy + "/public/../a", {cookie_, {"Host", "app.example.com"}}).status, 400);
  EXPECT_EQ(ask(kEnvoy + "//a", {cookie_, {"Host", "app.example.com"}}).status, 400);
}

TEST_F(VerifyTest, R129PathRulesLookAtWhatThePathMeans) {
  rules({"/public/* public", "/admin/* level2"});
  const auto status = [&](const std::string& uri) {
    return ask(kForward, without_cookie(forward("app.example.com", uri))).status;
  };
  EXPECT_EQ(status("/public/a"), 200);
  EXPECT_EQ(status("/%70ublic/a"), 200);
  EXPECT_EQ(status("/other?x=/public/a"), 401);
  for (const char* uri : {"/public/../admin", "/public/%2e%2e/admin", "/public/%252e%252e/admin",
                          "//public/a", "/public//a", "/public/./a", "/public;/a", "/public\\a",
                          "/public/a%00", "/public%2fa", "/public/%5c../admin"}) {
    EXPECT_EQ(status(uri), 400) << uri;
    EXPECT_EQ(ask(kNginx, nginx("https://app.example.com" + std::string(uri))).status, 403) << uri;
  }
  const auto admin = ask(kForward, forward("app.example.com", "/%61dmin/x"));
  EXPECT_EQ(admin.status, 401);
  EXPECT_EQ(code(admin), "level_required");
  EXPECT_EQ(code(ask(kForward, forward("app.example.com", "/ADMIN"))), "level_required");
  EXPECT_EQ(ask(kForward, forward("app.example.com", "/other")).status, 200);
  // Who may see everything is told who asks; a rule needs a path.
  EXPECT_EQ(*header(ask(kForward, forward("app.example.com", "/public/a")), "X-Session-Username"),
            "ann@example.com");
  EXPECT_EQ(code(ask(kForward, {cookie_})), "original_missing");
  EXPECT_EQ(code(ask(kForward, forward("app.example.com", "/public/a"), "GET", "192.0.2.7")),
            "original_missing");
  EXPECT_EQ(ask("/v1/verify", {cookie_}).status, 200) << "nobody says which path";
}

TEST_F(VerifyTest, AmbiguousPathsPassWhereTheOperatorSaysSo) {
  EXPECT_EQ(ask(kForward, forward("app.example.com", "/wiki/a%2Fb")).status, 400);
  serve({.allow_ambiguous_paths = true});
  EXPECT_EQ(ask(kForward, forward("app.example.com", "/wiki/a%2Fb")).status, 200);
}

TEST_F(VerifyTest, WhatChangesSomethingMustComeFromTheApplicationsOwnPages) {
  const auto status = [&](const std::string& method, const Headers& more) {
    return ask(kForward, with(forward("app.example.com", "/a", method), more)).status;
  };
  EXPECT_EQ(status("POST", {}), 200) << "no browser sends neither header";
  EXPECT_EQ(status("POST", {{"Origin", "https://app.example.com"}}), 200);
  EXPECT_EQ(status("POST", {{"Sec-Fetch-Site", "same-origin"}}), 200);
  EXPECT_EQ(status("GET", {{"Origin", "https://evil.com"}, {"Sec-Fetch-Site", "cross-site"}}), 200);
  for (const Headers& foreign :
       {Headers{{"Origin", "https://evil.com"}},
        {{"Origin", "null"}},
        {{"Origin", "http://app.example.com"}},
        {{"Sec-Fetch-Site", "cross-site"}},
        {{"Sec-Fetch-Site", "same-site"}},
        {{"Origin", "https://app.example.com"}, {"Origin", "https://app.example.com"}}}) {
    for (const char* method : {"POST", "PUT", "DELETE", "PROPFIND"}) {
      EXPECT_EQ(status(method, foreign), 403) << method << foreign.front().second;
    }
  }
  // Where the handshake of a web socket comes from is checked, whatever its method.
  EXPECT_EQ(status("GET", {{"Upgrade", "websocket"}, {"Origin", "https://evil.com"}}), 403);
  EXPECT_EQ(status("GET", {{"Upgrade", "websocket"}, {"Origin", "https://app.example.com"}}), 200);
  // The request of nginx itself is a GET.
  EXPECT_EQ(ask(kNginx,
                with(nginx("https://app.example.com/a", "POST"), {{"Origin", "https://evil.com"}}))
                .status,
            403);
}

TEST_F(VerifyTest, OriginsOfOtherHostsAreTheirOwnOrNamed) {
  serve({.allowed_origins = {"https://www.example.org"}},
        [](AuthOptions& options) { options.cookie.domain = "example.com"; });
  Browser bob(site_);
  bob.post_json("/v1/signup", R"({"username":"bob","password":"correct horse battery"})");
  cookie_.second = "__Secure-session=" + bob.cookie;
  const auto status = [&](const std::string& host, const std::string& origin) {
    return ask(kForward, with(forward(host, "/a", "POST"), {{"Origin", origin}})).status;
  };
  EXPECT_EQ(status("wiki.example.com", "https://wiki.example.com"), 200);
  EXPECT_EQ(status("wiki.example.com", "https://app.example.com"), 403);
  EXPECT_EQ(status("wiki.example.com", "https://www.example.org"), 200);
  EXPECT_EQ(status("evil.com", "https://evil.com"), 403) << "a host of somebody else";
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

TEST_F(VerifyTest, PreflightsAreDeniedUnlessTheOperatorSaysSo) {
  const Headers preflight = with(without_cookie(forward("app.example.com", "/a", "OPTIONS")),
                                 {{"Origin", "https://evil.com"},
                                  {"Access-Control-Request-Method", "PUT"},
                                  {"Accept", "text/html"}});
  EXPECT_EQ(ask(kForward, preflight).status, 401) << "never a redirect";
  const auto allowed = ask(kForward + "?preflight=allow", preflight);
  EXPECT_EQ(allowed.status, 200);
  EXPECT_EQ(*header(allowed, "X-Session-User"), "");
  Headers no_preflight = preflight;
  std::erase_if(no_preflight, [](const auto& line) { return line.first.starts_with("Access"); });
  EXPECT_NE(ask(kForward + "?preflight=allow", no_preflight).status, 200);
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

TEST_F(VerifyTest, R132R146WhateverTheNameIsItTravelsInOneHeader) {
  const auto name_of = [&](const std::string& name) {
    Browser browser(site_);
    EXPECT_EQ(browser.sign_up(name).status, 201) << name;
    cookie_.second = site_.sessions->options().cookie.name + "=" + browser.cookie;
    const auto answer = ask(kForward, {cookie_});
    EXPECT_THAT(text(answer), HasSubstr("HTTP/1.1 200 OK")) << "no value was refused";
    return *header(answer, "Remote-User");
  };
  EXPECT_EQ(name_of("j\xc3\xbcrgen"), "j%C3%BCrgen");
  EXPECT_EQ(name_of("j%C3%BCrgen"), "j%25C3%25BCrgen") << "nobody gets the name of another one";
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

TEST_F(VerifyTest, R131NoUserAgentAndNoHealthPathGetsPast) {
  for (const char* path : {"/livez", "/readyz", "/ping", "/health"}) {
    EXPECT_EQ(ask(kForward, with(without_cookie(forward("app.example.com", path)),
                                 {{"User-Agent", "kube-probe/1.30"}}))
                  .status,
              401)
        << path;
  }
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
