// Where the keys of a running server come from, and their rotation while it is used.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>

#include "server/keys/file.h"
#include "server/keys/life.h"
#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

const std::string kKeyCredentials =
    R"({"username":"ann","password":"correct horse battery staple"})";

int session_status(const std::optional<RawAnswer>& answer) { return answer ? answer->status : 0; }

// eventually tries for ten seconds.
bool eventually(const std::function<bool()>& holds) {
  for (int tries = 0; tries < 400; ++tries) {
    if (holds()) return true;
    ::usleep(25'000);
  }
  return false;
}

class ServeKeys : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_.path() + "/" + name; }
  static std::vector<std::string> flags(const std::string& source, const std::string& carrier) {
    return {"--carrier", carrier, "--set", "keys.source=" + source};
  }
  // on lets a server take the port of the one before: the port is in the cookie's name, and seals
  // are bound to that.
  static std::vector<std::string> on(std::uint16_t port, std::vector<std::string> flags) {
    flags.insert(flags.end(), {"--listen", "127.0.0.1:" + std::to_string(port)});
    return flags;
  }
  static void reload(Server& server) {
    server.program().signal(SIGHUP);
    EXPECT_TRUE(eventually([&] {
      return server.program().errors().find("keys_loaded") != std::string::npos;
    })) << server.program().errors();
  }
  TempDirectory directory_;
};

TEST_F(ServeKeys, SecretsOfTheEnvironmentAreSharedAndRotatedByARestart) {
  const std::string one = "Zk3uYy0v1mQ8rTq5oW7xP2nL9sD4fGhJ6aBcE+i/RtU=";
  const std::string two = "q1W9eR8tY7uI6oP5aS4dF3gH2jK1lZ0xC/vB+nMmNbV=";
  std::string cookie;
  std::uint16_t port = 0;
  {
    Server server(path("data"), flags("environment", "sealed"),
                  {.environment = {{"LATCHKEY_SECRET", one}}});
    ASSERT_TRUE(server.ready()) << server.program().errors();
    port = server.port();
    cookie = cookie_of(*server.ask("POST", "/v1/signup", "", kKeyCredentials));
  }
  {
    Server server(path("data"), on(port, flags("environment", "sealed")),
                  {.environment = {{"LATCHKEY_SECRET", two + "," + one}}});
    ASSERT_TRUE(server.ready());
    const auto page = server.ask("GET", "/training", cookie);
    EXPECT_EQ(session_status(page), 200);
    EXPECT_NE(cookie_of(*page), "") << "written anew with the new secret";
    cookie = cookie_of(*page);
  }
  Server server(path("data"), on(port, flags("environment", "sealed")),
                {.environment = {{"LATCHKEY_SECRET", two}}});
  ASSERT_TRUE(server.ready());
  EXPECT_EQ(session_status(server.ask("GET", "/v1/session", cookie)), 200);
}

TEST_F(ServeKeys, R119ASampleOrMissingSecretOfTheEnvironmentIsRefusedAsConfiguration) {
  const std::vector<std::string> arguments = {"serve",
                                              "--listen",
                                              "127.0.0.1:0",
                                              "--data",
                                              path("data"),
                                              "--set",
                                              "keys.source=environment"};
  Program sample({.arguments = arguments, .environment = {{"SESSION_SECRET", "changeme"}}});
  EXPECT_EQ(sample.wait(), 2);
  EXPECT_NE(sample.errors().find("latchkey key new"), std::string::npos) << sample.errors();
  Program missing({.arguments = arguments});
  EXPECT_EQ(missing.wait(), 2);
  EXPECT_NE(missing.errors().find("latchkey key new"), std::string::npos) << missing.errors();
}

TEST_F(ServeKeys, KeysOfTheStoreReachEveryServerAndRunningOnesToo) {
  const std::string url = "sqlite:" + path("one") + "/latchkey.db";
  std::string cookie;
  std::uint16_t port = 0;
  {
    Server one(path("one"), flags("store", "signed"));
    ASSERT_TRUE(one.ready()) << one.program().errors();
    port = one.port();
    cookie = cookie_of(*one.ask("POST", "/v1/signup", "", kKeyCredentials));
  }
  std::vector<std::string> second = on(port, flags("store", "signed"));
  second.insert(second.end(), {"--store", url});
  Server two(path("two"), second);
  ASSERT_TRUE(two.ready()) << two.program().errors();
  EXPECT_EQ(session_status(two.ask("GET", "/v1/session", cookie)), 200)
      << "another machine, the same keys";

  const auto key = [&](const std::string& command) {
    Program program({.arguments = {"key", command, "--store", url, "--data", path("two")},
                     .environment = {{"LATCHKEY_KEYS_SOURCE", "store"}}});
    EXPECT_EQ(program.wait(), 0) << program.errors();
    return program.output();
  };
  const std::string rotated = key("rotate");
  const std::string list = key("list");
  EXPECT_NE(list.find(rotated.substr(0, rotated.find(' '))), std::string::npos) << list;
  reload(two);
  EXPECT_NE(two.program().errors().find(R"("keys":"2")"), std::string::npos)
      << two.program().errors();
}

// R110, R120: clients use their sessions without pause while the key changes under them.
TEST_F(ServeKeys, RotationUnderLoadLogsNobodyOutAndARetiredKeyEndsItsTokens) {
  for (const std::string carrier : {"encrypted_id", "hybrid", "sealed", "signed"}) {
    SCOPED_TRACE(carrier);
    const std::string data = path(carrier);
    Server server(data, flags("file", carrier));
    ASSERT_TRUE(server.ready()) << server.program().errors();
    const std::string old = cookie_of(*server.ask("POST", "/v1/signup", "", kKeyCredentials));
    std::atomic<bool> done{false};
    std::atomic<int> refused{0}, renewed{0}, answered{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) {
      clients.emplace_back([&] {
        std::string cookie = old;
        for (bool fresh = false; !done || !fresh;) {
          const auto page = server.ask("GET", "/training", cookie);
          ++answered;
          if (session_status(page) != 200) ++refused;
          const std::string written = page ? cookie_of(*page) : "";
          if (!written.empty()) cookie = written;
          if (!written.empty() && !fresh) ++renewed;
          fresh = fresh || !written.empty() || (done && carrier == "hybrid");
          if (refused > 0) return;
        }
      });
    }
    auto file = server::read_key_file(data + "/latchkey.key");
    ASSERT_TRUE(file);
    const std::string first = file->keys.front().id;
    // As `latchkey key rotate` does, but with the moment of activation a second away.
    const UnixTime now = system_clock().now();
    const auto second = server::rotate_keys(
        *file, now - 2 * server::kReloadInterval + std::chrono::seconds{1}, system_entropy());
    ASSERT_TRUE(second && server::write_key_file(data + "/latchkey.key", *file));
    reload(server);
    EXPECT_TRUE(eventually([&] {
      return refused > 0 || (system_clock().now() > now + std::chrono::seconds{2} &&
                             (carrier == "hybrid" || renewed == 4));
    })) << renewed;
    done = true;
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(refused, 0) << "of " << answered;
    EXPECT_EQ(session_status(server.ask("GET", "/training", old)), 200)
        << "the old key still reads";

    ASSERT_TRUE(server::retire_key(*file, first, system_clock().now(), Millis{0}, true));
    ASSERT_TRUE(server::write_key_file(data + "/latchkey.key", *file));
    server.program().signal(SIGHUP);
    // A hybrid cookie holds the token itself; only its snapshot ends with the key.
    if (carrier == "hybrid") continue;
    EXPECT_TRUE(
        eventually([&] { return session_status(server.ask("GET", "/v1/session", old)) == 401; }));
  }
}

}  // namespace
}  // namespace latchkey::testing
