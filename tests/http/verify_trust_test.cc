// GET /v1/verify and its dialects, as clients try to get round them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/verify_fixture.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;

class VerifyTrust : public VerifyTest {};

TEST_F(VerifyTrust, R170TheWayBackLeadsToOurHostsOnly) {
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

TEST_F(VerifyTrust, TheLogInPageLeadsBackToTheHostsOfTheCookie) {
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

TEST_F(VerifyTrust, R126R134OnlyTrustedProxiesAndOnlyTheirOwnHeadersAreRead) {
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

TEST_F(VerifyTrust, R130ABrokenOriginalAddressIsDenied) {
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

TEST_F(VerifyTrust, R129PathRulesLookAtWhatThePathMeans) {
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

// A rule of one host does not count where no host was told: that is refused, not let through.
TEST_F(VerifyTrust, R129ARuleOfOneHostNeedsToKnowTheHost) {
  rules({"app.example.com/admin/* level2"});
  Headers headers = forward("app.example.com", "/admin/users");
  EXPECT_EQ(code(ask(kForward, headers)), "level_required");
  std::erase_if(headers, [](const auto& line) { return line.first == "X-Forwarded-Host"; });
  EXPECT_EQ(code(ask(kForward, headers)), "original_missing");
  EXPECT_EQ(code(ask(kEnvoy + "/admin/users", {cookie_})), "original_missing");
  rules({"/admin/* level2"});
  EXPECT_EQ(code(ask(kForward, headers)), "level_required") << "this rule is of any host";
}

TEST_F(VerifyTrust, AmbiguousPathsPassWhereTheOperatorSaysSo) {
  EXPECT_EQ(ask(kForward, forward("app.example.com", "/wiki/a%2Fb")).status, 400);
  serve({.allow_ambiguous_paths = true});
  EXPECT_EQ(ask(kForward, forward("app.example.com", "/wiki/a%2Fb")).status, 200);
}

TEST_F(VerifyTrust, WhatChangesSomethingMustComeFromTheApplicationsOwnPages) {
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
  // Traefik passes on no Upgrade, and HTTP/2 has none.
  for (const char* name : {"Sec-WebSocket-Version", "sec-websocket-key"}) {
    EXPECT_EQ(status("GET", {{name, "13"}, {"Origin", "https://evil.com"}}), 403) << name;
    EXPECT_EQ(status("GET", {{name, "13"}}), 403) << name;
    EXPECT_EQ(status("GET", {{name, "13"}, {"Origin", "https://app.example.com"}}), 200) << name;
  }
  // The request of nginx itself is a GET.
  EXPECT_EQ(ask(kNginx,
                with(nginx("https://app.example.com/a", "POST"), {{"Origin", "https://evil.com"}}))
                .status,
            403);
}

TEST_F(VerifyTrust, OriginsOfOtherHostsAreTheirOwnOrNamed) {
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

TEST_F(VerifyTrust, PreflightsAreDeniedUnlessTheOperatorSaysSo) {
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

TEST_F(VerifyTrust, R132R146WhateverTheNameIsItTravelsInOneHeader) {
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

TEST_F(VerifyTrust, R131NoUserAgentAndNoHealthPathGetsPast) {
  for (const char* path : {"/livez", "/readyz", "/ping", "/health"}) {
    EXPECT_EQ(ask(kForward, with(without_cookie(forward("app.example.com", path)),
                                 {{"User-Agent", "kube-probe/1.30"}}))
                  .status,
              401)
        << path;
  }
}

}  // namespace
}  // namespace latchkey::testing
