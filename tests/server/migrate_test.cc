// The migration window of the real program.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>

#include "codec/jose/jose.h"
#include "latchkey/codec/seal.h"
#include "latchkey/secret.h"
#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

constexpr const char* kLuciaToken = "k3jw7ujzxowmy4bgmagchmvwbofsjnnpc6gwhkqp";
constexpr const char* kMigratePassword = "Zk3uYy0v1mQ8rTq5oW7xP2nL9sD4fGhJ6aBcE+i/RtU=";

int migrated_status(const std::optional<RawAnswer>& answer) { return answer ? answer->status : 0; }

class ServeMigrate : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_.path() + "/" + name; }
  void write_secret(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
    ::chmod(path(name).c_str(), 0600);
  }
  void make_lucia_database() const {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(path("app.db").c_str(), &handle), SQLITE_OK);
    const std::string sql =
        "CREATE TABLE user (id TEXT NOT NULL PRIMARY KEY);"
        "CREATE TABLE session (id TEXT NOT NULL PRIMARY KEY, expires_at INTEGER NOT NULL,"
        "  user_id TEXT NOT NULL REFERENCES user(id));"
        "INSERT INTO user VALUES ('u1');"
        "INSERT INTO session VALUES ('" +
        std::string(kLuciaToken) + "', 4000000000, 'u1'), ('expired', 1000000000, 'u1');";
    EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(handle);
  }
  TempDirectory directory_;
};

TEST_F(ServeMigrate, ASessionOfLuciaMovesAndItsRowEnds) {
  make_lucia_database();
  Server server(path("data"), {"--set", "takeover.until=2099-01-01T00:00:00Z", "--set",
                               "takeover.lucia_database=" + path("app.db"), "--set",
                               "metrics.listen=127.0.0.1:0"});
  ASSERT_TRUE(server.ready()) << server.program().errors();
  const std::string old = std::string("auth_session=") + kLuciaToken;
  const auto moved = server.ask("GET", "/v1/session", old);
  ASSERT_EQ(migrated_status(moved), 200) << server.program().errors();
  EXPECT_NE(moved->body.find(R"("id":"u1")"), std::string::npos);
  EXPECT_EQ(migrated_status(server.ask("GET", "/v1/session", cookie_of(*moved))), 200);
  EXPECT_EQ(migrated_status(server.ask("GET", "/v1/session", old)), 401) << "the row is gone";
  EXPECT_EQ(migrated_status(server.ask("GET", "/v1/session", "auth_session=expired")), 401);
  const std::string counted = metrics_of(server);
  EXPECT_NE(counted.find("200\n"), std::string::npos);
  EXPECT_NE(counted.find(R"(take_overs_total{from="lucia",outcome="taken"} 1)"), std::string::npos)
      << counted;
  EXPECT_NE(counted.find(R"(take_overs_total{from="lucia",outcome="refused"} 2)"),
            std::string::npos);
  EXPECT_NE(counted.find("\nlatchkey_invalidation_channel_up 1\n"), std::string::npos) << counted;
  EXPECT_EQ(metrics_of(server, "/v1/session").substr(0, 3), "404");
  EXPECT_EQ(server.program().errors().find(kLuciaToken), std::string::npos) << "R178";
}

TEST_F(ServeMigrate, ASealedSessionMovesAndIsDeniedAfterARestartToo) {
  write_secret("password", std::string(kMigratePassword) + "\n");
  const std::vector<std::string> flags{
      "--set",     "takeover.until=2099-01-01T00:00:00Z",
      "--set",     "takeover.iron_session_cookie=app",
      "--set",     "takeover.iron_session_user=user.id",
      "--set",     "takeover.iron_session_password_file=" + path("password"),
      "--carrier", "sealed"};
  std::vector<SealPassword> passwords;
  passwords.push_back({"1", SealSecret::text(kMigratePassword)});
  const auto sealer = Sealer::make(std::move(passwords));
  const std::string old =
      "app=" + *sealer->seal(R"({"user":{"id":42}})", system_clock().now()) + "~2";
  {
    Server server(path("data"), flags);
    ASSERT_TRUE(server.ready()) << server.program().errors();
    const auto moved = server.ask("GET", "/v1/session", old);
    ASSERT_EQ(migrated_status(moved), 200);
    EXPECT_NE(moved->body.find(R"("id":"42")"), std::string::npos);
  }
  Server server(path("data"), flags);
  ASSERT_TRUE(server.ready());
  EXPECT_EQ(migrated_status(server.ask("GET", "/v1/session", old)), 401);
}

TEST_F(ServeMigrate, M4ATokenForAnotherPurposeLogsNobodyIn) {
  write_secret("jwt", kMigratePassword);
  // The settings were called migrate.*; the first of them still is here.
  Server server(path("data"),
                {"--set", "migrate.until=2099-01-01T00:00:00Z", "--set", "takeover.jwt_cookie=app",
                 "--set", "takeover.jwt_secret_file=" + path("jwt")});
  ASSERT_TRUE(server.ready()) << server.program().errors();
  const auto ask = [&](const std::string& claims) {
    return status(server.ask(
        "GET", "/v1/session",
        "app=" + *jose_sign(R"({"alg":"HS256"})", claims, SecretBytes{kMigratePassword}.bytes())));
  };
  EXPECT_EQ(ask(R"({"userId":"u1","exp":4000000000,"purpose":"verify-email"})"), 401);
  EXPECT_EQ(ask(R"({"userId":"u1","exp":4000000000,"iss":"https://other","aud":"x"})"), 401);
  EXPECT_EQ(ask(R"({"userId":"u1"})"), 401);
  EXPECT_EQ(ask(R"({"userId":"u1","exp":4000000000,"iat":1})"), 200);
  const std::string log = server.program().errors();
  EXPECT_NE(log.find(R"("reason":"other_purpose","member":"purpose")"), std::string::npos) << log;
  EXPECT_NE(log.find(R"("event":"setting_renamed","setting":"migrate.until")"), std::string::npos);
}

TEST_F(ServeMigrate, WhatCannotWorkIsRefusedAtTheStart) {
  write_secret("short", "too short");
  std::ofstream(path("open")) << kMigratePassword;
  ::chmod(path("open").c_str(), 0644);
  const std::string until = "takeover.until=2099-01-01T00:00:00Z";
  const auto refusal = [&](const std::vector<std::string>& sets) {
    std::vector<std::string> arguments{"serve", "--listen", "127.0.0.1:0", "--data", path("data")};
    for (const std::string& set : sets) arguments.insert(arguments.end(), {"--set", set});
    Program program({.arguments = arguments});
    EXPECT_NE(program.wait(), 0);
    return program.errors();
  };
  const auto holds = [](const std::string& text, const char* part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  holds(refusal({"takeover.lucia_database=" + path("none.db")}), "takeover.until must say");
  holds(refusal({until, "takeover.lucia_database=" + path("none.db")}), "takeover.lucia_database");
  const std::string cookie = "takeover.iron_session_cookie=app";
  holds(refusal({until, cookie}), "need each other");
  holds(refusal({until, cookie, "takeover.iron_session_password_file=" + path("open")}),
        "chmod 600");
  holds(refusal({until, cookie, "takeover.iron_session_password_file=" + path("short")}),
        "takeover.iron_session_password_file");
  write_secret("jwt", kMigratePassword);
  holds(refusal({until, "takeover.jwt_cookie=s", "takeover.jwt_secret_file=" + path("jwt"),
                 "takeover.jwt_expect=type"}),
        "takeover.jwt_expect: \"type\" tells what something is for");
  holds(refusal({"metrics.listen=nowhere"}), "metrics.listen");
}

}  // namespace
}  // namespace latchkey::testing
