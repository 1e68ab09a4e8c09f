#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "auth/takeover.h"
#include "http/routes.h"
#include "latchkey/faulty.h"
#include "tests/http/site.h"

// A site whose service is asked as proxies ask it.
namespace latchkey::testing {

inline const std::vector<std::string> kIdentity = {"X-Session-Id",
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

inline bool g_store_down = false;
inline std::unique_ptr<Store> failing_store(Store& inner) {
  return make_faulty_store(inner, [](StoreCall, std::uint64_t) {
    return g_store_down ? Fault::fail_before : Fault::none;
  });
}

inline const std::string kNginx = "/v1/verify/nginx";
inline const std::string kForward = "/v1/verify/forward";
inline const std::string kEnvoy = "/v1/verify/envoy";

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

}  // namespace latchkey::testing
