// The routes of device-bound sessions, and what /v1/verify makes of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/admin/admin.h"
#include "tests/http/site.h"
#include "tests/support/device_browser.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kOrigin = "https://app.example.com";

class DeviceRoutes : public ::testing::Test {
 protected:
  DeviceRoutes() {
    AuthOptions options = site_.auth->options();
    options.device_binding = {.mode = DeviceBinding::prefer,
                              .register_path = "/v1/device/register",
                              .refresh_path = "/v1/device/refresh"};
    site_.open(std::move(options));
  }

  // ask sends a request as a browser does by itself, R55, with further headers or others.
  http::Response ask(std::string_view method, const std::string& target, Headers more = {},
                     std::string_view body = {}) {
    Headers headers = {{"Origin", std::string(kOrigin)},
                       {"Sec-Fetch-Site", "same-origin"},
                       {"Sec-Fetch-Mode", "no-cors"},
                       {"Sec-Fetch-Dest", "empty"},
                       {"Content-Length", std::to_string(body.size())}};
    for (const auto& one : more) {
      std::erase_if(headers, [&](const auto& line) { return line.first == one.first; });
      headers.push_back(one);
    }
    std::vector<http::Header> views;
    for (const auto& [name, value] : headers) views.push_back({name, value});
    http::Request request;
    request.method = method;
    const std::size_t question = std::min(target.find('?'), target.size());
    request.path = std::string_view(target).substr(0, question);
    request.query = std::string_view(target).substr(std::min(question + 1, target.size()));
    request.headers = views;
    request.body = body;
    request.peer_address = "127.0.0.1";
    return site_.service->handle(request);
  }
  // pair returns name=value of a cookie that is written.
  static std::string pair(const http::Response& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
      if (key == "Set-Cookie" && value.starts_with(name + "=")) {
        return value.substr(0, value.find(';'));
      }
    }
    return {};
  }
  static std::string challenge_in(const std::string& text, std::string_view head) {
    const std::size_t at = text.find(head);
    EXPECT_NE(at, std::string::npos) << text;
    if (at == std::string::npos) return {};
    const std::size_t from = at + head.size();
    return text.substr(from, text.find('"', from) - from);
  }

  struct Bound {
    std::string id{};
    std::string cookie{};
    std::string short_cookie{};
    std::string challenge{};
  };
  Bound enter() {
    const auto made = ask("POST", "/v1/signup", {{"Content-Type", "application/json"}},
                          R"({"username":"ann","password":"correct horse battery"})");
    EXPECT_EQ(made.status, 201) << made.body;
    const std::string offer = header(made, "Secure-Session-Registration").value_or("");
    EXPECT_THAT(offer, StartsWith(R"((ES256 RS256);path="/v1/device/register";challenge=")"));
    return {.id = json_text(json_text(made.body, "session"), "id"),
            .cookie = pair(made, "__Host-session"),
            .challenge = challenge_in(offer, "challenge=\"")};
  }
  Bound bind() {
    Bound made = enter();
    const auto answer = ask("POST", "/v1/device/register",
                            {{"Cookie", made.cookie},
                             {"Secure-Session-Response", browser_.registration(made.challenge)}});
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.content_type, "application/json; charset=utf-8");
    EXPECT_EQ(json_text(answer.body, "session_identifier"), made.id);
    EXPECT_EQ(json_text(answer.body, "refresh_url"), "/v1/device/refresh");
    made.short_cookie = pair(answer, "__Host-session-bound");
    site_.clock.advance(
        std::chrono::seconds{10});  // what was under way meanwhile counts until then
    made.challenge = challenge_in(header(answer, "Secure-Session-Challenge").value_or(""), "\"");
    return made;
  }

  Site site_{std::string(kOrigin)};
  DeviceBrowser browser_ = DeviceBrowser::elliptic();
};

TEST_F(DeviceRoutes, R55ThePostOfABrowserPassesAndBinds) {
  const Bound made = bind();
  const std::string both = made.cookie + "; " + made.short_cookie;
  const auto list = ask("GET", "/v1/sessions", {{"Cookie", both}});
  EXPECT_EQ(list.status, 200);
  EXPECT_THAT(list.body, HasSubstr("\"bound\":true"));
  const auto page = ask("GET", "/sessions", {{"Cookie", both}, {"Accept", "text/html"}});
  EXPECT_THAT(page.body, HasSubstr("Bound to its device"));
}

TEST_F(DeviceRoutes, R164VerifyLooksAtTheShortCookie) {
  const Bound made = bind();
  for (const std::string& path : {std::string("/v1/verify"), std::string("/v1/verify/nginx")}) {
    EXPECT_EQ(ask("GET", path, {{"Cookie", made.cookie + "; " + made.short_cookie}}).status, 200);
    const auto alone = ask("GET", path, {{"Cookie", made.cookie}});
    EXPECT_EQ(alone.status, 401) << path;
    EXPECT_EQ(header(alone, "WWW-Authenticate"), "Session error=\"device_proof_required\"");
    EXPECT_EQ(header(alone, "Set-Cookie"), std::nullopt);
    EXPECT_EQ(header(alone, "X-Session-User").value_or(""), "");
  }
  EXPECT_EQ(ask("GET", "/v1/session", {{"Cookie", made.cookie}}).status, 401);
  EXPECT_EQ(code(ask("GET", "/v1/session", {{"Cookie", made.cookie}})), "device_proof_required");
}

TEST_F(DeviceRoutes, R167VerifyCanDemandABoundSession) {
  const Bound unbound = enter();
  EXPECT_EQ(ask("GET", "/v1/verify", {{"Cookie", unbound.cookie}}).status, 200);
  const auto refused = ask("GET", "/v1/verify?bound=1", {{"Cookie", unbound.cookie}});
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(code(refused), "device_binding_required");
  EXPECT_EQ(ask("GET", "/v1/verify?bound=2", {{"Cookie", unbound.cookie}}).status, 400);
}

TEST_F(DeviceRoutes, R161ARefreshIsAskedForAProofAndTakesIt) {
  const Bound made = bind();
  const Headers named = {{"Cookie", made.cookie}, {"Sec-Secure-Session-Id", made.id}};
  const auto asked = ask("POST", "/v1/device/refresh", named);
  EXPECT_EQ(asked.status, 403);
  EXPECT_EQ(code(asked), "device_proof_needed");
  const std::string challenge = header(asked, "Secure-Session-Challenge").value_or("");
  EXPECT_THAT(challenge, HasSubstr(";id=\"" + made.id + "\""));
  Headers proven = named;
  proven.emplace_back("Secure-Session-Response", browser_.refresh(challenge_in(challenge, "\"")));
  const auto done = ask("POST", "/v1/device/refresh", proven);
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_NE(pair(done, "__Host-session-bound"), "");
  EXPECT_EQ(ask("POST", "/v1/device/refresh", proven).status, 403) << "replayed";
  EXPECT_EQ(code(ask("POST", "/v1/device/refresh", {{"Cookie", made.cookie}})),
            "device_session_missing");
}

// A back end that was handed a stolen token must not take it for the user's.
TEST_F(DeviceRoutes, R164TheTokenAloneIsUnprovenForTheAdminApiToo) {
  const Bound made = bind();
  http::AdminService admin(*site_.auth);
  const std::string body = R"({"tokens":[")" + made.cookie.substr(made.cookie.find('=') + 1) +
                           R"("],"ids":[")" + made.id + R"("]})";
  const std::vector<http::Header> headers = {{"Content-Type", "application/json"}};
  http::Request request;
  request.method = "POST";
  request.path = "/admin/v1/sessions/introspect";
  request.headers = headers;
  request.body = body;
  const auto told = admin.handle(request);
  ASSERT_EQ(told.status, 200) << told.body;
  EXPECT_THAT(told.body, HasSubstr(R"([{"state":"unproven"},{"state":"active")"));
}

TEST_F(DeviceRoutes, R165AForeignPageLearnsNothing) {
  const Bound made = bind();
  const Headers foreign = {{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}};
  for (const std::string& path :
       {std::string("/v1/device/refresh"), std::string("/v1/device/register")}) {
    std::vector<std::string> answers;
    for (const std::string& cookie :
         {std::string{}, made.cookie, made.cookie + "; " + made.short_cookie}) {
      Headers headers = foreign;
      if (!cookie.empty()) headers.emplace_back("Cookie", cookie);
      const auto answer = ask("POST", path, headers);
      EXPECT_EQ(answer.status, 403);
      EXPECT_EQ(header(answer, "Access-Control-Allow-Origin"), std::nullopt);
      EXPECT_EQ(header(answer, "Secure-Session-Challenge"), std::nullopt);
      answers.push_back(text(answer));
    }
    EXPECT_EQ(answers[0], answers[1]);
    EXPECT_EQ(answers[0], answers[2]);
  }
}

TEST_F(DeviceRoutes, R168AfterALogOutTheBrowserIsToldToForget) {
  const Bound made = bind();
  const auto out = ask("POST", "/v1/logout", {{"Cookie", made.cookie + "; " + made.short_cookie}});
  EXPECT_EQ(out.status, 204);
  EXPECT_EQ(pair(out, "__Host-session-bound"), "__Host-session-bound=");
  EXPECT_EQ(pair(out, "__Host-session"), "__Host-session=");
  const auto after = ask("POST", "/v1/device/refresh", {{"Sec-Secure-Session-Id", made.id}});
  EXPECT_EQ(after.status, 200);
  EXPECT_EQ(after.body, "{\"session_identifier\":\"" + made.id + "\",\"continue\":false}\n");
}

}  // namespace
}  // namespace latchkey::testing
