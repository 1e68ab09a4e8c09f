// `latchkey serve --store postgres://...`: several servers on one database.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/postgres/cluster.h"
#include "tests/server/program.h"
#include "tests/support/free_port.h"

namespace latchkey::testing {
namespace {

class PostgresServe : public ::testing::Test {
 protected:
  // A second server gets a copy of the first one's keys, as a second machine would.
  std::string second_directory() const {
    const std::string path = directory_.path() + "/two";
    std::filesystem::create_directory(path);
    std::filesystem::copy(directory_.path() + "/one/latchkey.key", path + "/latchkey.key");
    return path;
  }
  std::unique_ptr<Server> serve(const std::string& data) const {
    auto server = std::make_unique<Server>(
        data, std::vector<std::string>{"--store", url_, "--set", "cache.max_age=60s", "--set",
                                       "store.read_timeout=20s"});
    EXPECT_TRUE(server->ready()) << server->program().errors();
    return server;
  }
  static int status(const std::optional<RawAnswer>& answer) { return answer ? answer->status : 0; }
  // becomes returns whether GET /v1/session answers `wanted` within 20 s.
  static bool becomes(const Server& server, const std::string& cookie, int wanted) {
    const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (std::chrono::steady_clock::now() < late) {
      if (status(server.ask("GET", "/v1/session", cookie)) == wanted) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return false;
  }

  TempDirectory directory_;
  const std::string url_ = cluster().new_schema_url();
};

TEST_F(PostgresServe, ASessionOfOneServerIsGoodOnTheOtherAndItsEndIsHeard) {
  const auto one = serve(directory_.path() + "/one");
  const auto two = serve(second_directory());
  const auto answer = one->ask("POST", "/v1/signup", "",
                               R"({"username":"ann","password":"correct horse battery"})");
  ASSERT_EQ(status(answer), 201) << answer->body;
  const std::string cookie = cookie_of(*answer);
  const std::string value = cookie.substr(cookie.find('='));
  const std::string there = two->cookie_name() + value;
  EXPECT_EQ(status(two->ask("GET", "/v1/session", there)), 200);
  EXPECT_EQ(status(two->ask("GET", "/v1/session", there)), 200) << "now from the cache";
  ASSERT_EQ(status(one->ask("POST", "/v1/logout", cookie)), 204);
  EXPECT_TRUE(becomes(*two, there, 401)) << "the cache keeps it for a minute unless it hears";
}

TEST_F(PostgresServe, AServerWithoutItsDatabaseAnswers503AndLogsNobodyOut) {
  const auto server = serve(directory_.path() + "/one");
  const auto answer = server->ask("POST", "/v1/signup", "",
                                  R"({"username":"ann","password":"correct horse battery"})");
  ASSERT_EQ(status(answer), 201) << answer->body;
  const std::string cookie = cookie_of(*answer);
  cluster().stop();
  const auto write = server->ask("POST", "/v1/session/refresh", cookie);
  EXPECT_EQ(status(write), 503);
  EXPECT_FALSE(write->header("Set-Cookie"));
  EXPECT_TRUE(becomes(*server, cookie, 503)) << "once the cache is dropped";
  EXPECT_FALSE(server->ask("GET", "/v1/session", cookie)->header("Set-Cookie"));
  EXPECT_TRUE(becomes_ready(*server, 503));
  EXPECT_EQ(status(server->ask("GET", "/livez")), 200);
  ASSERT_TRUE(cluster().start());
  EXPECT_TRUE(becomes(*server, cookie, 200)) << "without a restart";
  server->program().signal(SIGTERM);
  EXPECT_EQ(server->program().wait(), 0);
}

// Listening is `latchkey serve` on a port that was free, of which nobody waits until it is ready.
class Listening {
 public:
  Listening(const std::string& data, const std::string& store)
      : port_(free_port()),
        program_({.arguments = {"serve", "--listen", "127.0.0.1:" + std::to_string(port_), "--data",
                                data, "--store", store}}) {}
  int ask(const std::string& path) {
    RawClient client(port_);
    client.send(request_text("GET", path));
    const auto answer = client.answer();
    return answer ? answer->status : 0;
  }
  Program& program() { return program_; }

 private:
  std::uint16_t port_;
  Program program_;
};

TEST_F(PostgresServe, F7ADatabaseThatIsNotUpAtTheStartIsWaitedFor) {
  const std::string data = directory_.path() + "/one";
  ASSERT_TRUE(serve(data)) << "makes tables and keys";
  cluster().stop();
  Listening server(data, url_);
  ASSERT_TRUE(server.program().wait_for_output("answers 503")) << server.program().errors();
  EXPECT_EQ(server.ask("/v1/session"), 503);
  EXPECT_EQ(server.ask("/readyz"), 503);
  EXPECT_EQ(server.ask("/livez"), 200);
  ASSERT_TRUE(cluster().start());
  ASSERT_TRUE(server.program().wait_for_output("is ready: ")) << server.program().errors();
  EXPECT_EQ(server.ask("/v1/session"), 401);
  EXPECT_EQ(server.ask("/readyz"), 200);
  server.program().signal(SIGTERM);
  EXPECT_EQ(server.program().wait(), 0);
}

TEST_F(PostgresServe, F7AWrongPasswordOrDatabaseIsRefusedAtTheStart) {
  const std::string data = directory_.path() + "/one";
  ASSERT_TRUE(serve(data));
  for (const auto& [part, wrong, says] :
       {std::tuple{"latchkey@", "pw_nobody:wrong@", "the database refuses the connection"},
        std::tuple{"/postgres?", "/no_such_database?", "the database refuses the connection"}}) {
    std::string url = url_;
    const std::size_t at = url.find(part);
    if (at == std::string::npos) continue;
    url.replace(at, std::string(part).size(), wrong);
    Program program(
        {.arguments = {"serve", "--listen", "127.0.0.1:0", "--data", data, "--store", url}});
    EXPECT_EQ(program.wait(), 1) << url;
    EXPECT_NE(program.errors().find(says), std::string::npos) << program.errors();
    EXPECT_EQ(program.errors().find("28P01"), std::string::npos) << program.errors();
  }
}

TEST_F(PostgresServe, F16ADatabaseThatBecomesReadOnlyIsNotReady) {
  const auto server = serve(directory_.path() + "/one");
  ASSERT_TRUE(becomes_ready(*server, 200));
  cluster().run("ALTER SYSTEM SET default_transaction_read_only=on");
  cluster().run("SELECT pg_reload_conf()");
  EXPECT_TRUE(becomes_ready(*server, 503));
  EXPECT_NE(server->ask("GET", "/readyz")->body.find(R"("cause":"store_read_only")"),
            std::string::npos);
  cluster().run("ALTER SYSTEM RESET default_transaction_read_only");
  cluster().run("SELECT pg_reload_conf()");
  EXPECT_TRUE(becomes_ready(*server, 200));
}

// Somebody changes the password of the role and nobody tells the server.
TEST_F(PostgresServe, APasswordThatIsChangedIsToldLogsNobodyOutAndMayBePutBack) {
  const std::string schema = schema_in(url_);
  const auto run = [](const std::string& sql) { ASSERT_EQ(cluster().run(sql), "") << sql; };
  run("SET client_min_messages=error; DROP ROLE IF EXISTS pw_ann; CREATE ROLE pw_ann LOGIN "
      "PASSWORD 'hunter2'; CREATE SCHEMA " +
      schema + " AUTHORIZATION pw_ann");
  std::string url = url_;
  url.replace(url.find("latchkey@"), 9, "pw_ann:hunter2@");
  Server server(directory_.path() + "/one", {"--store", url});
  ASSERT_TRUE(server.ready()) << server.program().errors();
  const auto answer = server.ask("POST", "/v1/signup", "",
                                 R"({"username":"ann","password":"correct horse battery"})");
  ASSERT_EQ(status(answer), 201) << answer->body;
  const std::string cookie = cookie_of(*answer);
  EXPECT_EQ(status(server.ask("GET", "/v1/session", cookie)), 200);
  run("ALTER ROLE pw_ann PASSWORD 'another'");
  // A connection that was being made meanwhile still has the password of before, and a read that
  // was under way may leave a copy, which lives for cache.max_age.
  auto refused = server.ask("GET", "/v1/session", cookie);
  const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{40};
  while (status(refused) != 503 && std::chrono::steady_clock::now() < late) {
    cluster().run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename='pw_ann'");
    refused = server.ask("GET", "/v1/session", cookie);
  }
  EXPECT_EQ(status(refused), 503);
  EXPECT_FALSE(refused->header("Set-Cookie"));
  EXPECT_TRUE(server.program().wait_for_errors("password authentication failed"));
  const std::string log = server.program().errors();
  EXPECT_NE(log.find("password authentication failed"), std::string::npos) << log;
  EXPECT_EQ(log.find("hunter2"), std::string::npos) << log;
  run("ALTER ROLE pw_ann PASSWORD 'hunter2'");
  EXPECT_TRUE(becomes(server, cookie, 200)) << "without a restart";
}

TEST_F(PostgresServe, ASessionOfLuciaInItsOwnTablesMovesAndItsRowEnds) {
  const std::string token = "k3jw7ujzxowmy4bgmagchmvwbofsjnnpc6gwhkqp";
  const std::string made = cluster().run(
      "CREATE SCHEMA app; CREATE TABLE app.auth_user(id TEXT PRIMARY KEY); "
      "CREATE TABLE app.user_session(id TEXT PRIMARY KEY, expires_at TIMESTAMPTZ NOT NULL, "
      "user_id TEXT NOT NULL); INSERT INTO app.auth_user VALUES('u1'); "
      "INSERT INTO app.user_session VALUES('" +
      token + "', '2099-01-01Z', 'u1')");
  ASSERT_FALSE(made.starts_with("error: ")) << made;
  Server server(directory_.path() + "/one",
                {"--set", "takeover.until=2099-01-01T00:00:00Z", "--set",
                 "takeover.lucia_database=" + cluster().url(), "--set",
                 "takeover.lucia_session_table=app.user_session", "--set",
                 "takeover.lucia_user_table=app.auth_user"});
  ASSERT_TRUE(server.ready()) << server.program().errors();
  const auto moved = server.ask("GET", "/v1/session", "auth_session=" + token);
  ASSERT_EQ(status(moved), 200) << server.program().errors();
  EXPECT_NE(moved->body.find(R"("id":"u1")"), std::string::npos);
  EXPECT_EQ(cluster().run("SELECT count(*) FROM app.user_session"), "0");
  EXPECT_EQ(status(server.ask("GET", "/v1/session", "auth_session=" + token)), 401);
}

TEST_F(PostgresServe, ManyReadsThatMissShareTheWayToTheDatabase) {
  const auto server = std::make_unique<Server>(
      directory_.path() + "/one",
      std::vector<std::string>{"--store", url_ + "&pool=2", "--set", "cache.enabled=false", "--set",
                               "store.read_timeout=20s"});
  ASSERT_TRUE(server->ready()) << server->program().errors();
  const auto answer = server->ask("POST", "/v1/signup", "",
                                  R"({"username":"ann","password":"correct horse battery"})");
  ASSERT_EQ(status(answer), 201);
  const std::string cookie = cookie_of(*answer);
  std::vector<std::thread> callers;
  for (int i = 0; i < 32; ++i) {
    callers.emplace_back([&] {
      for (int ask = 0; ask < 5; ++ask) {
        EXPECT_EQ(status(server->ask("GET", "/v1/session", cookie)), 200);
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
}

}  // namespace
}  // namespace latchkey::testing
