#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log.h"
#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kLogin = "{\"username\":\"ada\",\"password\":\"correct horse battery\"}";
const char* const kUnsafeApi[] = {"/v1/login", "/v1/signup", "/v1/logout", "/v1/session/refresh"};
const char* const kForms[] = {"/login", "/signup", "/logout", "/sessions/end",
                              "/sessions/end-others"};

// Gone in a header list means: not sent.
const Headers kNoProof = {{"Origin", ""}, {"Sec-Fetch-Site", ""}};

TEST(Protocol, R49R51ForeignRequestsAreRefusedBeforeLogin) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const std::string cookie = browser.cookie;
  for (const auto* origin :
       {"https://evil.example", "http://localhost:4471", "https://localhost:4470",
        "http://localhost.:4470", "http://u@localhost:4470", "http://LOCALHOST:4470"}) {
    for (const auto* path : kUnsafeApi) {
      const auto response = browser.post_json(path, kLogin, {{"Origin", origin}});
      EXPECT_EQ(code(response), "origin_refused") << path << ' ' << origin;
      EXPECT_EQ(response.status, 403);
      EXPECT_FALSE(header(response, "Set-Cookie"));
    }
    for (const auto* path : kForms) {
      const auto response = browser.post_form(path, "", {{"Origin", origin}});
      EXPECT_EQ(response.status, 403) << path << ' ' << origin;
      EXPECT_FALSE(header(response, "Set-Cookie"));
    }
    for (const auto* path : {"/v1/sessions?scope=all", "/v1/sessions/x"}) {
      EXPECT_EQ(browser.send("DELETE", path, {}, {{"Origin", origin}}).status, 403);
    }
  }
  EXPECT_EQ(browser.cookie, cookie);
  EXPECT_EQ(browser.get("/v1/session").status, 200);
}

TEST(Protocol, R49SecFetchSiteIsChecked) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const auto log_in = [&](std::string_view fetch_site) {
    return browser.post_json("/v1/login", kLogin,
                             {{"Origin", ""}, {"Sec-Fetch-Site", std::string(fetch_site)}});
  };
  EXPECT_EQ(log_in("cross-site").status, 403);
  EXPECT_EQ(log_in("same-site").status, 403);
  EXPECT_EQ(log_in("same-origin").status, 200);
  EXPECT_EQ(log_in("none").status, 200);
  EXPECT_EQ(log_in("sideways").status, 200);  // as absent: JSON may pass
}

TEST(Protocol, R50WithBothHeadersAbsentJsonPassesAndFormsDoNot) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  EXPECT_EQ(browser.post_json("/v1/login", kLogin, kNoProof).status, 200);
  EXPECT_EQ(browser.send("POST", "/v1/session/refresh", {}, kNoProof).status, 200);
  for (const auto* path : kForms) {
    EXPECT_EQ(browser.post_form(path, "username=ada", kNoProof).status, 403) << path;
  }
  EXPECT_EQ(browser.send("POST", "/logout", {}, kNoProof).status, 403);
  EXPECT_EQ(browser.send("POST", "/v1/logout", {}, kNoProof).status, 204);
}

TEST(Protocol, ARepeatedOriginIsRefused) {
  Site site;
  Browser browser(site);
  EXPECT_EQ(browser
                .post_json("/v1/login", kLogin,
                           {{"Origin", site.public_url}, {"Origin", site.public_url}})
                .status,
            403);
}

// F3: what a browser sends for our own form when a proxy adds Referrer-Policy: no-referrer.
TEST(Protocol, F3ANullOriginPassesWithSameOriginOnly) {
  Site site;
  Browser(site).sign_up("ada");
  const auto status = [&](std::string_view fetch_site) {
    Browser browser(site);
    return browser
        .post_form("/login", "username=ada&password=correct+horse+battery",
                   {{"Origin", "null"}, {"Sec-Fetch-Site", std::string(fetch_site)}})
        .status;
  };
  EXPECT_EQ(status("same-origin"), 303);
  for (const auto* fetch_site : {"", "cross-site", "same-site", "none", "sideways"}) {
    EXPECT_EQ(status(fetch_site), 403) << fetch_site;
  }
}

TEST(Protocol, F3ARefusalNamesTheOriginReceivedAndTheOneExpected) {
  Site site("https://app.example.com");
  Browser browser(site);
  const Headers foreign = {{"Origin", "https://old.example.com/<b>"}, {"Sec-Fetch-Site", ""}};
  const auto problem = browser.post_json("/v1/login", kLogin, foreign);
  EXPECT_EQ(code(problem), "origin_refused");
  EXPECT_EQ(json_text(problem.body, "expected_origin"), "https://app.example.com");
  EXPECT_EQ(json_text(problem.body, "received_origin"), "https://old.example.com/<b>");

  const auto page = browser.post_form("/login", "username=ada", foreign);
  EXPECT_EQ(page.status, 403);
  EXPECT_THAT(page.body,
              HasSubstr("<a href=\"https://app.example.com/\">https://app.example.com</a>"));
  EXPECT_THAT(page.body, HasSubstr("https://old.example.com/&lt;b&gt;"));

  const auto bare = browser.post_form("/login", "username=ada", kNoProof);
  EXPECT_EQ(bare.status, 403);
  EXPECT_THAT(bare.body, HasSubstr("did not say which page"));
  const auto huge = browser.post_json("/v1/login", kLogin, {{"Origin", std::string(9000, 'a')}});
  EXPECT_LT(huge.body.size(), 600U);
}

std::vector<std::string> g_lines;
void keep_line(LogLevel, std::string_view event, std::initializer_list<LogField> fields) {
  std::string line{event};
  for (const LogField& field : fields)
    line.append(" ").append(field.name).append("=").append(field.value);
  g_lines.push_back(std::move(line));
}

TEST(Protocol, F3TheLogNamesBothOrigins) {
  Site site("https://app.example.com");
  Browser browser(site);
  g_lines.clear();
  set_log_sink(&keep_line);
  browser.post_json("/v1/login", kLogin, {{"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}});
  browser.post_form("/login", "", kNoProof);
  set_log_sink(nullptr);
  EXPECT_THAT(g_lines, ::testing::ElementsAre(
                           "origin_refused reason=foreign_origin path=/v1/login received=null "
                           "expected=https://app.example.com sec_fetch_site=cross-site "
                           "address=192.0.2.7",
                           "origin_refused reason=unproven_form path=/login received=none "
                           "expected=https://app.example.com sec_fetch_site=none "
                           "address=192.0.2.7"));
}

TEST(Protocol, R57PassingTheOriginCheckOpensNothing) {
  Site site;
  EXPECT_EQ(Browser(site).send("POST", "/v1/session/refresh").status, 401);
}

TEST(Protocol, ALoopbackNameOfTheSamePortIsOurOwnOrigin) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  EXPECT_EQ(browser.post_json("/v1/login", kLogin, {{"Origin", "http://127.0.0.1:4470"}}).status,
            200);
}

// What must not go over a network unencrypted is refused before anything is looked at.
TEST(Protocol, F9OverPlainHttpOtherMachinesAreRefusedUnlessSomebodyAllowsIt) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  AuthOptions options = site.auth->options();
  options.allow_plain_http = false;
  site.open(std::move(options));
  EXPECT_EQ(code(browser.get("/v1/session")), "origin_refused");
  EXPECT_EQ(browser.get("/").status, 403);
}

TEST(Protocol, R53JsonRoutesTakeOnlyJson) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  for (const auto* type :
       {"text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "",
        "text/plain; a=application/json", "application/jsonp", "application/json; charset=utf-16",
        "application/json, text/plain", "application/problem+json"}) {
    const auto response = browser.send("POST", "/v1/login", kLogin, {{"Content-Type", type}});
    EXPECT_EQ(code(response), "unsupported_media_type") << type;
    EXPECT_EQ(response.status, 415);
  }
  EXPECT_EQ(browser
                .send("POST", "/v1/login", kLogin,
                      {{"Content-Type", "application/json"}, {"Content-Type", "application/json"}})
                .status,
            415);
  for (const auto* type :
       {"application/json", "Application/JSON", "application/json; charset=UTF-8",
        "application/json;charset=\"utf-8\"", "application/json;"}) {
    EXPECT_EQ(browser.send("POST", "/v1/login", kLogin, {{"Content-Type", type}}).status, 200)
        << type;
  }
}

TEST(Protocol, RoutesWithoutABodyTakeNothingOrJson) {
  Site site;
  Browser browser(site);
  EXPECT_EQ(browser.send("POST", "/v1/logout").status, 204);
  EXPECT_EQ(browser.post_json("/v1/logout", "{}").status, 204);
  EXPECT_EQ(browser.send("POST", "/v1/logout", "a=b").status, 415);
  EXPECT_EQ(browser.post_form("/v1/logout", "").status, 415);
}

TEST(Protocol, FormRoutesTakeOnlyForms) {
  Site site;
  Browser browser(site);
  for (const auto* path : kForms) {
    EXPECT_EQ(browser.post_json(path, "{}").status, 415) << path;
    EXPECT_EQ(browser.send("POST", path, "a=b").status, 415) << path;
  }
}

TEST(Protocol, UnknownAddressesAre404InTheFormOfTheirPart) {
  Site site;
  Browser browser(site);
  EXPECT_EQ(code(browser.get("/v1/nothing")), "not_found");
  EXPECT_EQ(code(browser.get("/v1/sessions/a/b")), "not_found");
  EXPECT_EQ(browser.get("/v1/sessions/").status, 404);
  const auto page = browser.get("/nothing");
  EXPECT_EQ(page.status, 404);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
}

TEST(Protocol, R66NoSuffixMakesAPrivatePage) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  for (const auto* path :
       {"/training/x.css", "/training;.js", "/training%0a.css", "/training.css", "//training",
        "/v1/session/x.css", "/v1/session;.js", "/sessions/x.css"}) {
    EXPECT_EQ(browser.get(path).status, 404) << path;
  }
}

TEST(Protocol, R148OtherMethodsAre405WithAllow) {
  Site site;
  Browser browser(site);
  for (const auto* method : {"PUT", "PATCH", "TRACE", "CONNECT", "get", "FOO", "DELETE"}) {
    const auto response = browser.send(method, "/v1/login");
    EXPECT_EQ(code(response), "method_not_allowed") << method;
    EXPECT_EQ(*header(response, "Allow"), "OPTIONS, POST");
  }
  EXPECT_EQ(*header(browser.send("POST", "/v1/session"), "Allow"), "OPTIONS, GET, HEAD");
  EXPECT_EQ(*header(browser.send("PUT", "/v1/sessions"), "Allow"), "OPTIONS, GET, HEAD, DELETE");
}

TEST(Protocol, R48NothingChangesByGet) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const std::string id = browser.cookie.substr(4, 23);
  for (const auto* method : {"GET", "HEAD", "OPTIONS"}) {
    for (const std::string& path :
         {std::string("/v1/logout"), std::string("/logout"), std::string("/sessions/end"),
          "/sessions/end?session=" + id, std::string("/sessions/end-others"), "/v1/sessions/" + id,
          std::string("/v1/sessions?scope=all"), std::string("/v1/session/refresh"),
          std::string("/v1/login"), std::string("/login")}) {
      browser.send(method, path);
    }
  }
  EXPECT_EQ(browser.get("/v1/session").status, 200);
}

TEST(Protocol, OptionsTellsTheMethodsAndOpensNoOtherOrigin) {
  Site site;
  const auto response =
      Browser(site).send("OPTIONS", "/v1/login", {}, {{"Origin", "https://evil.example"}});
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(*header(response, "Allow"), "OPTIONS, POST");
  EXPECT_FALSE(header(response, "Access-Control-Allow-Origin"));
}

TEST(Protocol, LanesKeepHashingAndWritingOffTheEventLoop) {
  Site site;
  const auto lane = [&](std::string_view method, std::string_view path) {
    http::Request request;
    request.method = method;
    request.path = path;
    return site.service->lane(request);
  };
  for (const auto* path : {"/v1/login", "/v1/signup", "/login", "/signup"}) {
    EXPECT_EQ(lane("POST", path), http::Lane::hashing) << path;
  }
  for (const auto* path : {"/v1/logout", "/logout", "/v1/session/refresh", "/sessions/end"}) {
    EXPECT_EQ(lane("POST", path), http::Lane::blocking) << path;
  }
  EXPECT_EQ(lane("DELETE", "/v1/sessions"), http::Lane::blocking);
  EXPECT_EQ(lane("DELETE", "/v1/sessions/x"), http::Lane::blocking);
  for (const auto* path : {"/readyz", "/sessions", "/v1/user/events"}) {
    EXPECT_EQ(lane("GET", path), http::Lane::blocking) << path;
  }
  for (const auto* path : {"/", "/v1/session", "/v1/sessions", "/login", "/livez", "/nothing"}) {
    EXPECT_EQ(lane("GET", path), http::Lane::inline_read) << path;
  }
  EXPECT_EQ(lane("POST", "/nothing"), http::Lane::inline_read);
}

TEST(Protocol, ReadyzFollowsDraining) {
  Site site;
  Browser browser(site);
  EXPECT_EQ(browser.get("/livez").status, 200);
  EXPECT_EQ(browser.get("/readyz").body, "ready\n");
  site.service->drain();
  EXPECT_EQ(code(browser.get("/readyz")), "draining");
  EXPECT_EQ(browser.get("/readyz").status, 503);
  EXPECT_EQ(browser.get("/livez").status, 200);
}

TEST(Protocol, R126AForwardedAddressCountsFromATrustedProxyOnly) {
  Site site;
  Browser browser(site);
  browser.post_json("/v1/signup", kLogin, {{"X-Forwarded-For", "203.0.113.9"}});
  EXPECT_EQ(json_text(browser.get("/v1/sessions").body, "address"), "192.0.2.7");
  AuthOptions options = site.auth->options();
  options.trusted_proxies = {"192.0.2.0/24"};
  site.open(std::move(options));
  browser.post_json("/v1/login", kLogin, {{"X-Forwarded-For", "6.6.6.6, 203.0.113.9"}});
  EXPECT_EQ(json_text(browser.get("/v1/sessions").body, "address"), "203.0.113.9");
}

}  // namespace
}  // namespace latchkey::testing
