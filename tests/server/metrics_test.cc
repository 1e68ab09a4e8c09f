#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

class ServeMetrics : public ::testing::Test {
 protected:
  std::string data() const { return directory_.path() + "/data"; }
  static std::vector<std::string> flags(std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--set", "metrics.listen=127.0.0.1:0"});
    return more;
  }
  static std::string credentials(const std::string& name, const std::string& password) {
    return R"({"username":")" + name + R"(","password":")" + password + "\"}";
  }
  static void expect_line(const std::string& text, const std::string& line) {
    EXPECT_NE(text.find("\n" + line + "\n"), std::string::npos) << line << "\n" << text;
  }
  TempDirectory directory_;
};

TEST_F(ServeMetrics, CountAnswersLogInsAndLimits) {
  Server server(data(), flags());
  ASSERT_TRUE(server.ready()) << server.program().errors();
  const std::string password = "correct horse battery staple";
  const auto made = server.ask("POST", "/v1/signup", {}, credentials("ann", password));
  ASSERT_TRUE(made);
  const std::string cookie = cookie_of(*made);
  server.ask("POST", "/v1/login", {}, credentials("ann", password));
  server.ask("POST", "/v1/login", {}, credentials("ann", "wrong horse battery staple"));
  server.ask("GET", "/v1/session", cookie);
  server.ask("GET", "/v1/session");
  server.ask("GET", "/v1/verify/nginx", cookie);
  server.ask("GET", "/v1/verify/nginx");
  server.ask("GET", "/no/such/page");
  server.ask("GET", "/" + std::string(9000, 'a'));
  const std::string text = metrics_of(server);
  for (const char* line :
       {R"(latchkey_http_requests_total{route="/v1/signup",code="201"} 1)",
        R"(latchkey_http_requests_total{route="/v1/login",code="200"} 1)",
        R"(latchkey_http_requests_total{route="/v1/login",code="401"} 1)",
        R"(latchkey_http_requests_total{route="/v1/session",code="401"} 1)",
        R"(latchkey_http_requests_total{route="none",code="404"} 1)",
        R"(latchkey_http_request_duration_seconds_count{route="/v1/session"} 2)",
        R"(latchkey_verify_total{proxy="nginx",result="allowed"} 1)",
        R"(latchkey_verify_total{proxy="nginx",result="refused"} 1)",
        R"(latchkey_login_total{result="ok"} 1)",
        R"(latchkey_login_total{result="wrong_credentials"} 1)",
        R"(latchkey_login_total{result="rate_limited"} 0)",
        R"(latchkey_signup_total{result="ok"} 1)",
        R"(latchkey_pool_queued{pool="hashing"} 0)",
        R"(latchkey_password_hash_queue 0)",
        R"(latchkey_limits_hit_total{limit="request_line"} 1)",
        R"(latchkey_cache_max_stale_seconds 5)",
        R"(latchkey_verify_max_stale_seconds 0)",
        R"(latchkey_verify_duration_seconds_count{proxy="nginx"} 2)",
        R"(latchkey_sessions_created_total 2)",
        R"(latchkey_sessions_active 1)",
        R"(latchkey_sessions_ended_total{reason="logout"} 0)",
        R"(latchkey_secret_reuse_total{class="wrong"} 0)",
        R"(latchkey_store_duration_seconds_count{op="insert",backend="sqlite"} 2)",
        R"(latchkey_touch_writes_total 0)",
        R"(latchkey_purge_rows_total 0)",
        R"(# TYPE latchkey_store_errors_total counter)"}) {
    expect_line(text, line);
  }
  EXPECT_NE(text.find("latchkey_build_info{version="), std::string::npos);
}

// What a client sends makes no new series, and no metric names anybody.
TEST_F(ServeMetrics, R8LabelsAreBoundedAndHoldNoIds) {
  Server server(data(), flags());
  ASSERT_TRUE(server.ready()) << server.program().errors();
  const auto made =
      server.ask("POST", "/v1/signup", {}, credentials("quentin", "correct horse battery staple"));
  ASSERT_TRUE(made);
  const std::string cookie = cookie_of(*made);
  const auto session = server.ask("GET", "/v1/session", cookie);
  ASSERT_TRUE(session);
  const std::string id = json_text(session->body, "id", "\"session\"");
  server.ask("DELETE", "/v1/sessions/" + id, cookie);
  for (int i = 0; i < 20; ++i) {
    server.ask("M" + std::string(static_cast<std::size_t>(i), 'X'), "/a" + std::to_string(i));
    server.ask("DELETE", "/v1/sessions/x" + std::to_string(i), cookie);
  }
  const std::string text = metrics_of(server);
  ASSERT_FALSE(id.empty());
  for (const std::string& secret : {id, std::string("quentin"), cookie.substr(cookie.find('=') + 1),
                                    json_text(made->body, "id")}) {
    EXPECT_EQ(text.find(secret), std::string::npos) << secret;
  }
  std::set<std::string> routes;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find("route=\"");
    if (at != std::string::npos)
      routes.insert(line.substr(at + 7, line.find('"', at + 7) - at - 7));
  }
  EXPECT_EQ(routes, (std::set<std::string>{"/v1/session", "/v1/sessions/", "/v1/signup", "none"}));
}

TEST_F(ServeMetrics, TheStatusPageDrawsWithoutScripts) {
  Server server(data(), flags());
  ASSERT_TRUE(server.ready()) << server.program().errors();
  server.ask("GET", "/v1/session");
  const std::string page = metrics_of(server, "/status");
  EXPECT_TRUE(page.starts_with("200\n<!doctype html>")) << page;
  for (const char* part :
       {"<h2>Requests</h2>", "<h2>Latency</h2>", "<h2>Log-ins and sign-ups</h2>",
        "<h2>Cache hits</h2>", "<h2>Invalidation lag</h2>", "class=\"s2\"", "state ready"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
  for (const char* part : {"<script", "style=\"", " onclick", "nan", "inf"}) {
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  }
  EXPECT_TRUE(metrics_of(server, "/status.css").starts_with("200\n:root"));
  EXPECT_TRUE(metrics_of(server, "/v1/session").starts_with("404\n"));
}

TEST_F(ServeMetrics, R177AnswersAndLogLinesNameTheRequest) {
  Server server(data(),
                {"--set", "log.requests=true", "--set", "server.trusted_proxies=127.0.0.1"});
  ASSERT_TRUE(server.ready()) << server.program().errors();
  const auto ask = [&](const std::string& fields) {
    RawClient client = server.client();
    if (!client.send("GET /v1/session HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"))
      return RawAnswer{};
    return client.answer().value_or(RawAnswer{});
  };
  const std::string made = ask("").header("X-Request-Id").value_or("");
  EXPECT_EQ(made.size(), 32U);
  EXPECT_NE(ask("").header("X-Request-Id").value_or(""), made);
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  EXPECT_EQ(
      ask("X-Request-Id: proxy-4711-abc\r\ntraceparent: 00-" + trace + "-00f067aa0ba902b7-01\r\n")
          .header("X-Request-Id"),
      "proxy-4711-abc");
  EXPECT_EQ(ask("X-Request-Id: bad id here\r\n").header("X-Request-Id").value_or("").size(), 32U);
  EXPECT_EQ(ask("X-Request-Id: one-of-two\r\nX-Request-Id: one-of-two\r\n")
                .header("X-Request-Id")
                .value_or("")
                .size(),
            32U);
  ASSERT_TRUE(server.program().wait_for_errors("\"request_id\":\"proxy-4711-abc\""));
  const std::string errors = server.program().errors();
  EXPECT_NE(errors.find("\"request_id\":\"" + made + "\""), std::string::npos);
  EXPECT_EQ(json_text(errors, "trace_id", "proxy-4711-abc"), trace);
  EXPECT_EQ(json_text(errors, "route", "\"event\":\"request\""), "/v1/session");
}

TEST_F(ServeMetrics, R126ARequestIdOfAnUntrustedPeerIsNotTaken) {
  Server server(data());
  ASSERT_TRUE(server.ready());
  RawClient client = server.client();
  ASSERT_TRUE(
      client.send("GET /livez HTTP/1.1\r\nHost: a\r\nX-Request-Id: proxy-4711-abc\r\n\r\n"));
  const auto answer = client.answer();
  ASSERT_TRUE(answer);
  EXPECT_NE(answer->header("X-Request-Id"), "proxy-4711-abc");
}

}  // namespace
}  // namespace latchkey::testing
