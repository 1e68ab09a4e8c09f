// F7 and F16: a store that is not there at the start, that stalls, and that takes no writes.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "tests/redis/server.h"
#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

const std::string kAnn = R"({"username":"ann","password":"correct horse battery"})";

class ServeLateStore : public ::testing::Test {
 protected:
  std::string data() const { return directory_.path() + "/data"; }
  std::string url() const { return "redis://127.0.0.1:" + std::to_string(redis_.port()); }
  static int status(const std::optional<RawAnswer>& answer) { return answer ? answer->status : 0; }

  // Waiting is a server whose store is not there: it says where it listens in its log.
  struct Waiting {
    explicit Waiting(const std::vector<std::string>& arguments) : program({arguments}) {
      EXPECT_TRUE(program.wait_for_errors("\"event\":\"started\"")) << program.errors();
      const std::string listen = json_text(program.errors(), "listen", "\"event\":\"started\"");
      if (listen.empty()) return;
      port = static_cast<std::uint16_t>(std::stoi(listen.substr(listen.rfind(':') + 1)));
    }
    std::optional<RawAnswer> ask(const std::string& method, const std::string& path,
                                 const std::string& cookie = {}, const std::string& json = {}) {
      RawClient client(port);
      client.send(request_text(method, path, cookie, json));
      return client.answer();
    }
    Program program;
    std::uint16_t port = 0;
  };
  std::vector<std::string> arguments(std::vector<std::string> more = {}) const {
    std::vector<std::string> all{"serve", "--listen", "127.0.0.1:0", "--data",
                                 data(),  "--store",  url()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  // make_store returns the value of a cookie of ann.
  std::string make_store(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> flags{"--store", url()};
    flags.insert(flags.end(), more.begin(), more.end());
    Server server(data(), flags);
    EXPECT_TRUE(server.ready()) << server.program().errors();
    const auto signed_up = server.ask("POST", "/v1/signup", "", kAnn);
    EXPECT_EQ(status(signed_up), 201);
    const std::string cookie = cookie_of(*signed_up);
    server.program().signal(SIGTERM);
    EXPECT_EQ(server.program().wait(), 0);
    return cookie.substr(cookie.find('='));
  }

  TempDirectory directory_;
  RedisServer redis_{{"--appendonly", "yes", "--appendfsync", "always"}};
};

TEST_F(ServeLateStore, F7AStoreThatIsNotUpIsWaitedForWith503AndCookiesUntouched) {
  const std::string value = make_store();
  redis_.kill();
  Waiting server(arguments());
  const std::string cookie = "session-" + std::to_string(server.port) + value;
  for (const char* path : {"/v1/session", "/v1/sessions", "/", "/training", "/login", "/nothing"}) {
    const auto refused = server.ask("GET", path, cookie);
    EXPECT_EQ(status(refused), 503) << path;
    EXPECT_FALSE(refused->header("Set-Cookie")) << path;
    EXPECT_EQ(refused->header("Retry-After"), "2") << path;
  }
  for (const char* path : {"/v1/login", "/v1/signup", "/v1/logout"}) {
    const auto refused = server.ask("POST", path, cookie, kAnn);
    EXPECT_EQ(status(refused), 503) << path;
    EXPECT_FALSE(refused->header("Set-Cookie")) << path;
  }
  EXPECT_EQ(status(server.ask("GET", "/livez")), 200);
  const auto unready = server.ask("GET", "/readyz");
  EXPECT_EQ(status(unready), 503);
  EXPECT_NE(unready->body.find(R"("cause":"store_unavailable")"), std::string::npos);
  EXPECT_EQ(server.program.output().find("is ready"), std::string::npos);

  ASSERT_TRUE(redis_.start());
  ASSERT_TRUE(server.program.wait_for_output("latchkey is ready: ")) << server.program.errors();
  EXPECT_EQ(status(server.ask("GET", "/v1/session", cookie)), 200) << "nobody was logged out";
  EXPECT_EQ(status(server.ask("POST", "/v1/login", "", kAnn)), 200);
  EXPECT_EQ(status(server.ask("GET", "/readyz")), 200);
  server.program.signal(SIGTERM);
  EXPECT_EQ(server.program.wait(), 0);
}

TEST_F(ServeLateStore, F7WhatComesLateHearsOfOtherNodesAndReadsKeysOfTheStore) {
  const std::vector<std::string> more{
      "--set", "keys.source=store", "--carrier", "hybrid",
      "--set", "cache.max_age=60s", "--set",     "metrics.listen=127.0.0.1:0"};
  const std::string value = make_store(more);
  redis_.kill();
  Waiting late(arguments(more));
  ASSERT_TRUE(redis_.start());
  ASSERT_TRUE(late.program.wait_for_output("latchkey is ready: ")) << late.program.errors();
  const std::string cookie = "session-" + std::to_string(late.port) + value;
  EXPECT_EQ(status(late.ask("GET", "/v1/session?fresh=1", cookie)), 200)
      << "a cookie of the keys in the store";
  const std::string port = json_text(late.program.errors(), "port", "metrics_started");
  RawClient client(static_cast<std::uint16_t>(std::stoi(port)));
  client.send(request_text("GET", "/metrics"));
  const std::string metrics = client.answer()->body;
  for (const char* line : {"\nlatchkey_invalidation_channel_up 1\n",
                           "\nlatchkey_log_lines_lost_total 0\n", "latchkey_ready 1\n"}) {
    EXPECT_NE(metrics.find(line), std::string::npos) << line << " is not in\n" << metrics;
  }
}

TEST_F(ServeLateStore, F7TheEndOfAServerThatWaitsIsAnEndLikeAnyOther) {
  make_store();
  redis_.kill();
  Waiting server(arguments());
  server.program.signal(SIGTERM);
  EXPECT_EQ(server.program.wait(), 0);
}

TEST_F(ServeLateStore, F7TheFirstStartWaitsForAWhileAndThenSaysWhatItSaysToday) {
  redis_.kill();
  Program program({arguments({"--set", "store.start_wait=600ms"})});
  EXPECT_EQ(program.wait(), 1);
  EXPECT_NE(program.errors().find("store_awaited"), std::string::npos) << program.errors();
  EXPECT_NE(program.errors().find("\nlatchkey: the redis store of store.url cannot be opened"),
            std::string::npos)
      << program.errors();
  EXPECT_FALSE(std::filesystem::exists(data() + "/latchkey.key"));
}

TEST_F(ServeLateStore, F7TheFirstStartGoesOnWhenTheStoreComes) {
  redis_.kill();
  Program program({arguments()});
  ASSERT_TRUE(program.wait_for_errors("store_awaited"));
  ASSERT_TRUE(redis_.start());
  EXPECT_TRUE(program.wait_for_output("latchkey is ready: ")) << program.errors();
}

TEST_F(ServeLateStore, F7ASignalEndsTheWaitOfTheFirstStart) {
  redis_.kill();
  Program program({arguments()});
  ASSERT_TRUE(program.wait_for_errors("store_awaited"));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST_F(ServeLateStore, F7WhatIsConfiguredWronglyIsRefusedAtTheStart) {
  make_store();
  redis_.ask({"ACL", "SETUSER", "app", "on", ">right", "~*", "+@all"});
  const std::string host = "127.0.0.1:" + std::to_string(redis_.port());
  for (const auto& [store, says] :
       {std::pair<std::string, std::string>{"redis://app:wrong@" + host,
                                            "refuses the user or the password"},
        {"redis://" + host + "/99", "has no database of this number"},
        {"redis://" + host + "/1", "holds no store"},
        {"redix://" + host, "there is no store of the kind"}}) {
    auto all = arguments();
    all.back() = store;
    Program program({all});
    EXPECT_NE(program.wait(), 0) << store;
    EXPECT_NE(program.errors().find(says), std::string::npos) << program.errors();
    EXPECT_EQ(program.errors().find("wrong"), std::string::npos) << program.errors();
  }
}

TEST_F(ServeLateStore, F7AStoreThatComesUpEmptyIsNotServed) {
  make_store();
  redis_.kill();
  Waiting server(arguments());
  std::filesystem::remove_all(std::filesystem::path(redis_.socket_path()).parent_path() /
                              "appendonlydir");
  ASSERT_TRUE(redis_.start());
  ASSERT_TRUE(server.program.wait_for_errors("store_refused")) << server.program.errors();
  const auto unready = server.ask("GET", "/readyz");
  EXPECT_EQ(status(unready), 503);
  EXPECT_NE(unready->body.find(R"("cause":"store_mismatch")"), std::string::npos) << unready->body;
  EXPECT_TRUE(server.program.running());
}

TEST_F(ServeLateStore, F16AStallOfSomeHundredMillisecondsIsNotTold) {
  Server server(data(), {"--store", url()});
  ASSERT_TRUE(server.ready());
  for (int i = 0; i < 3; ++i) {
    redis_.signal(SIGSTOP);
    for (int asked = 0; asked < 20; ++asked) {
      EXPECT_EQ(status(server.ask("GET", "/readyz")), 200);
      ::usleep(15'000);  // the stall is what is tested
    }
    redis_.signal(SIGCONT);
    EXPECT_EQ(status(server.ask("GET", "/readyz")), 200);
  }
}

TEST_F(ServeLateStore, F16AStoreThatTakesNoWritesIsNotReadyAndSaysWhy) {
  Server server(data(), {"--store", url(), "--set", "metrics.listen=127.0.0.1:0"});
  ASSERT_TRUE(server.ready());
  const auto signed_up = server.ask("POST", "/v1/signup", "", kAnn);
  ASSERT_EQ(status(signed_up), 201);
  redis_.ask({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_TRUE(becomes_ready(server, 503));
  const auto unready = server.ask("GET", "/readyz");
  EXPECT_NE(unready->body.find(R"("cause":"store_read_only")"), std::string::npos) << unready->body;
  EXPECT_EQ(status(server.ask("GET", "/v1/session?fresh=1", cookie_of(*signed_up))), 200)
      << "reads go on";
  EXPECT_TRUE(server.program().wait_for_errors("not_ready"));
  const std::string metrics = metrics_of(server);
  EXPECT_NE(metrics.find("latchkey_ready 0\n"), std::string::npos) << metrics;
  EXPECT_EQ(metrics.find("latchkey_probe_write_failures_total 0\n"), std::string::npos);
  redis_.ask({"CONFIG", "SET", "maxmemory", "0"});
  EXPECT_TRUE(becomes_ready(server, 200));
  EXPECT_TRUE(server.program().wait_for_errors("ready_again"));
}

}  // namespace
}  // namespace latchkey::testing
