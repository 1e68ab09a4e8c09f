// Two nodes on one Redis.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "tests/redis/server.h"
#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

class ServeOnRedis : public ::testing::Test {
 protected:
  std::vector<std::string> flags() const {
    return {"--store", "redis+unix://" + redis_.socket_path(), "--log-level", "warn"};
  }
  std::string data(const std::string& node) const { return directory_.path() + "/" + node; }
  static int status(const std::optional<RawAnswer>& answer) { return answer ? answer->status : 0; }
  // for_node gives the value of a cookie the name it has at another port.
  static std::string for_node(const Server& node, const std::string& cookie) {
    return node.cookie_name() + cookie.substr(cookie.find('='));
  }
  // becomes asks until the answer has that status, for a while.
  static bool becomes(const Server& node, const std::string& cookie, int expected) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (status(node.ask("GET", "/v1/session", cookie)) != expected) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return true;
  }

  TempDirectory directory_;
  // What was acknowledged is there after a kill; `everysec` may keep it in memory for two seconds.
  RedisServer redis_{{"--appendonly", "yes", "--appendfsync", "always"}};
};

TEST_F(ServeOnRedis, ALoginOnOneNodeHoldsOnTheOtherUntilItIsEnded) {
  Server first(data("a"), flags()), second(data("b"), flags());
  ASSERT_TRUE(first.ready() && second.ready());
  const auto signed_up = first.ask("POST", "/v1/signup", "",
                                   R"({"username":"ann","password":"correct horse battery"})");
  ASSERT_EQ(status(signed_up), 201);
  const std::string cookie = cookie_of(*signed_up), there = for_node(second, cookie);
  EXPECT_EQ(status(second.ask("GET", "/v1/session", there)), 200);
  EXPECT_EQ(status(first.ask("GET", "/v1/session", cookie)), 200);
  EXPECT_LT(status(second.ask("POST", "/v1/logout", there)), 300);
  EXPECT_TRUE(becomes(first, cookie, 401)) << "the near cache of the first node hears of it";
}

TEST_F(ServeOnRedis, TellsHowTheWayToTheStoreDoes) {
  auto all = flags();
  all.back() = "info";  // which tells the port
  all.insert(all.end(), {"--set", "metrics.listen=127.0.0.1:0"});
  Server node(data("a"), all);
  ASSERT_TRUE(node.ready());
  const auto signed_up = node.ask("POST", "/v1/signup", "",
                                  R"({"username":"ann","password":"correct horse battery"})");
  ASSERT_EQ(status(signed_up), 201);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(status(node.ask("GET", "/v1/session", cookie_of(*signed_up))), 200);
  }
  const std::string metrics = metrics_of(node);
  for (const char* line :
       {"\nlatchkey_invalidation_channel_up 1\n",
        "\n# TYPE latchkey_cache_requests_total counter\n", "\nlatchkey_cache_entries 1\n",
        "\nlatchkey_lookup_refused_total 0\n", "\nlatchkey_invalidation_heard_seconds ",
        "\nlatchkey_invalidation_lag_seconds ", "\nlatchkey_cache_hit_age_seconds_total "}) {
    EXPECT_NE(metrics.find(line), std::string::npos) << line << " is not in\n" << metrics;
  }
  EXPECT_EQ(metrics.find("latchkey_cache_requests_total{result=\"hit\"} 0\n"), std::string::npos)
      << metrics;
}

TEST_F(ServeOnRedis, AnOutageLogsNobodyOut) {
  Server node(data("a"), [&] {
    auto all = flags();
    all.insert(all.end(), {"--set", "cache.enabled=false"});
    return all;
  }());
  ASSERT_TRUE(node.ready());
  const auto signed_up = node.ask("POST", "/v1/signup", "",
                                  R"({"username":"ann","password":"correct horse battery"})");
  ASSERT_EQ(status(signed_up), 201);
  const std::string cookie = cookie_of(*signed_up);
  redis_.kill();
  const auto refused = node.ask("GET", "/v1/session", cookie);
  EXPECT_EQ(status(refused), 503);
  EXPECT_FALSE(refused->header("Set-Cookie"));
  EXPECT_TRUE(becomes_ready(node, 503));
  ASSERT_TRUE(redis_.start());
  EXPECT_TRUE(becomes(node, cookie, 200));
  redis_.ask({"FLUSHALL"});
  EXPECT_TRUE(becomes(node, cookie, 503)) << "an emptied engine is no empty store";
}

// verify.on_store_error = stale, with an engine that is really gone and the channel with it.
TEST_F(ServeOnRedis, R28AnOutageIsBridgedByCopiesIfTheOperatorSaysSo) {
  Server node(data("a"), [&] {
    auto all = flags();
    all.back() = "info";  // which tells the port
    all.insert(all.end(), {"--set", "metrics.listen=127.0.0.1:0", "--set",
                           "verify.on_store_error=stale", "--set", "cache.max_age=1ms"});
    return all;
  }());
  ASSERT_TRUE(node.ready()) << node.program().errors();
  const auto sign_up = [&](const std::string& name) {
    const auto made =
        node.ask("POST", "/v1/signup", "",
                 R"({"username":")" + name + R"(","password":"correct horse battery"})");
    return made ? cookie_of(*made) : std::string{};
  };
  const std::string ann = sign_up("ann"), bob = sign_up("bob");
  EXPECT_EQ(status(node.ask("GET", "/v1/verify", ann)), 200);
  EXPECT_EQ(status(node.ask("GET", "/v1/verify", bob)), 200);
  EXPECT_LT(status(node.ask("POST", "/v1/logout", bob)), 300);
  redis_.kill();
  ASSERT_TRUE(becomes(node, ann, 503)) << "the log-in itself is not answered by copies";
  const auto bridged = node.ask("GET", "/v1/verify", ann);
  EXPECT_EQ(status(bridged), 200);
  EXPECT_FALSE(bridged->header("X-Session-Age").value_or("").empty());
  EXPECT_EQ(status(node.ask("GET", "/v1/verify?fresh=1", ann)), 503);
  const auto ended = node.ask("GET", "/v1/verify", bob);
  EXPECT_EQ(status(ended), 503) << "ended before the outage";
  EXPECT_FALSE(ended->header("Set-Cookie"));
  EXPECT_TRUE(node.program().wait_for_errors("verify_stale"));
  const std::string metrics = metrics_of(node);
  EXPECT_NE(metrics.find("\nlatchkey_verify_max_stale_seconds 60\n"), std::string::npos);
  EXPECT_EQ(metrics.find("\nlatchkey_cache_stale_answers_total 0\n"), std::string::npos);
  EXPECT_NE(metrics.find("latchkey_store_errors_total{op=\"find\",kind=\"store_unavailable\"}"),
            std::string::npos);
  ASSERT_TRUE(redis_.start());
  EXPECT_TRUE(becomes(node, ann, 200));
  EXPECT_TRUE(becomes(node, bob, 401));
}

TEST_F(ServeOnRedis, CopiesCannotAnswerWhereNoneAreKept) {
  Program without({.arguments = {"serve", "--data", data("a"), "--set", "cache.enabled=false",
                                 "--set", "verify.on_store_error=stale"}});
  EXPECT_EQ(without.wait(), 2);
  EXPECT_NE(without.errors().find("set cache.enabled = true"), std::string::npos);
  Program shorter(
      {.arguments = {"serve", "--data", data("a"), "--set", "cache.max_age=10s", "--set",
                     "verify.max_stale=10s", "--set", "verify.on_store_error=stale"}});
  EXPECT_EQ(shorter.wait(), 2);
  EXPECT_NE(shorter.errors().find("give a longer time"), std::string::npos);
}

// Somebody changes the password of the engine and nobody tells the node.
TEST_F(ServeOnRedis, APasswordThatIsChangedIsToldLogsNobodyOutAndMayBePutBack) {
  redis_.ask({"ACL", "SETUSER", "app", "on", ">right", "~*", "+@all"});
  Server node(data("a"), {"--store", "redis://app:right@127.0.0.1:" + std::to_string(redis_.port()),
                          "--log-level", "warn"});
  ASSERT_TRUE(node.ready()) << node.program().errors();
  const auto signed_up = node.ask("POST", "/v1/signup", "",
                                  R"({"username":"ann","password":"correct horse battery"})");
  ASSERT_EQ(status(signed_up), 201);
  const std::string cookie = cookie_of(*signed_up);
  redis_.ask({"ACL", "SETUSER", "app", "resetpass", ">another"});
  redis_.ask({"CLIENT", "KILL", "USER", "app"});
  EXPECT_TRUE(becomes(node, cookie, 503));
  const auto refused = node.ask("GET", "/v1/session", cookie);
  EXPECT_EQ(status(refused), 503);
  EXPECT_FALSE(refused->header("Set-Cookie"));
  EXPECT_TRUE(node.program().wait_for_errors("refuses the user or the password"));
  const std::string log = node.program().errors();
  EXPECT_NE(log.find("refuses the user or the password"), std::string::npos) << log;
  EXPECT_EQ(log.find("right"), std::string::npos) << log;
  redis_.ask({"ACL", "SETUSER", "app", "resetpass", ">right"});
  EXPECT_TRUE(becomes(node, cookie, 200)) << "without a restart";
}

TEST_F(ServeOnRedis, F4APasswordThatWasRotatedInItsFileNeedsNoRestart) {
  const std::string file = directory_.path() + "/secret";
  const auto write = [&](const std::string& text) { std::ofstream(file) << text << "\n"; };
  const std::string place = "127.0.0.1:" + std::to_string(redis_.port());
  const auto url = [&](const std::string& password) {
    return "redis://app:" + password + "@" + place;
  };
  redis_.ask({"ACL", "SETUSER", "app", "on", ">old", "~*", "+@all"});
  write("old");
  Server by_parameter(data("a"), {"--store", "redis://app@" + place + "?password_file=" + file});
  ASSERT_TRUE(by_parameter.ready()) << by_parameter.program().errors();
  const std::string url_file = directory_.path() + "/url";
  std::ofstream(url_file) << url("old") << "\n";
  Server by_variable(data("b"), {}, {.environment = {{"LATCHKEY_STORE_URL_FILE", url_file}}});
  ASSERT_TRUE(by_variable.ready()) << by_variable.program().errors();
  redis_.ask({"ACL", "SETUSER", "app", "resetpass", ">new"});
  redis_.ask({"CLIENT", "KILL", "USER", "app"});
  write("new");
  std::ofstream(url_file) << url("new") << "\n";
  for (Server* server : {&by_parameter, &by_variable}) {
    const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    int answer = 0;
    while (answer != 201 && std::chrono::steady_clock::now() < late) {
      answer = status(server->ask("POST", "/v1/signup", "",
                                  R"({"username":")" +
                                      std::string(server == &by_variable ? "bob" : "ann") +
                                      R"(","password":"correct horse battery"})"));
    }
    EXPECT_EQ(answer, 201) << server->program().errors();
  }
}

}  // namespace
}  // namespace latchkey::testing
