#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

namespace fs = std::filesystem;

constexpr int kNobody = 65534;

class ServeFaults : public ::testing::Test {
 protected:
  std::string data() const { return directory_.path() + "/data"; }
  std::string database() const { return data() + "/latchkey.db"; }
  static int status(const std::optional<RawAnswer>& answer) { return answer ? answer->status : 0; }
  static std::string sign_up(const Server& server) {
    const auto answer = server.ask("POST", "/v1/signup", "",
                                   R"({"username":"ann","password":"correct horse battery"})");
    return answer && answer->status == 201 ? cookie_of(*answer) : std::string{};
  }
  // Runs serve until it gives up; returns its one line.
  std::string start_error(const std::vector<std::string>& more, int expected_code) const {
    std::vector<std::string> arguments{"serve", "--data", data()};
    if (std::find(more.begin(), more.end(), "--listen") == more.end()) {
      arguments.insert(arguments.end(), {"--listen", "127.0.0.1:0"});
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    Program program({.arguments = arguments, .environment = {}});
    EXPECT_EQ(program.wait(), expected_code);
    EXPECT_EQ(program.output(), "");
    const std::string errors = program.errors();
    EXPECT_TRUE(errors.starts_with("latchkey: ")) << errors;
    EXPECT_EQ(errors.find('\n'), errors.size() - 1) << "one line";
    return errors;
  }
  void make_store() const {
    Server server(data());
    ASSERT_TRUE(server.ready());
    server.program().signal(SIGTERM);
    ASSERT_EQ(server.program().wait(), 0);
  }

  TempDirectory directory_;
};

// A failing store answers 503 and leaves the cookie alone, on reads that need it and on writes.
void expect_store_failure(const std::optional<RawAnswer>& answer) {
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503) << answer->head << answer->body;
  EXPECT_FALSE(answer->header("Set-Cookie"));
  EXPECT_EQ(answer->header("Content-Type"), "application/problem+json; charset=utf-8");
}

TEST_F(ServeFaults, ALockedDatabaseAnswers503AndRecovers) {
  Server server(data(), {"--set", "store.busy_timeout=50ms"});
  ASSERT_TRUE(server.ready());
  const std::string cookie = sign_up(server);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(database().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  expect_store_failure(server.ask("POST", "/v1/session/refresh", cookie));
  EXPECT_EQ(status(server.ask("GET", "/v1/session", cookie)), 200) << "reads go on";
  EXPECT_EQ(status(server.ask("GET", "/livez")), 200);
  ASSERT_EQ(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  EXPECT_EQ(status(server.ask("POST", "/v1/session/refresh", cookie)), 200);
}

TEST_F(ServeFaults, ADeletedDatabaseAnswers503AndNeverLooksEmpty) {
  Server server(data(), {"--set", "cache.enabled=false"});
  ASSERT_TRUE(server.ready());
  const std::string cookie = sign_up(server);
  for (const char* end : {"", "-wal", "-shm"}) fs::remove(database() + end);
  expect_store_failure(server.ask("POST", "/v1/session/refresh", cookie));
  EXPECT_TRUE(becomes_ready(server, 503));
  const auto answer = server.ask("GET", "/v1/session", cookie);
  EXPECT_TRUE(status(answer) == 503 || status(answer) == 200) << status(answer);
  EXPECT_TRUE(server.program().running());
}

// overwrite changes the file under a running server, whose own copies of its pages become old.
void overwrite(const std::string& database, std::streamoff at, const std::string& bytes) {
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(database.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "PRAGMA wal_checkpoint(TRUNCATE)", nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(other);
  std::fstream file(database, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(at);
  file << bytes;
  ASSERT_TRUE(file.flush());
}

TEST_F(ServeFaults, ADatabaseThatBecomesReadOnlyAnswers503AndKeepsTheCookie) {
  Server server(data(), {"--set", "cache.enabled=false"});
  ASSERT_TRUE(server.ready());
  const std::string cookie = sign_up(server);
  // SQLite only reads a file whose write version it does not know. A write of the server that is
  // under way puts the old page back.
  for (int tries = 0; tries < 20; ++tries) {
    overwrite(database(), 18, "\3");
    if (status(server.ask("POST", "/v1/session/refresh", cookie)) != 200) break;
  }
  expect_store_failure(server.ask("POST", "/v1/session/refresh", cookie));
  expect_store_failure(server.ask("POST", "/v1/logout", cookie));
  expect_store_failure(server.ask("POST", "/v1/login", cookie,
                                  R"({"username":"ann","password":"correct horse battery"})"));
  EXPECT_EQ(status(server.ask("GET", "/v1/session", cookie)), 200) << "reads go on";
}

TEST_F(ServeFaults, ADatabaseThatIsDamagedMeanwhileAnswers503AndKeepsTheCookie) {
  Server server(data(), {"--set", "cache.enabled=false"});
  ASSERT_TRUE(server.ready());
  const std::string cookie = sign_up(server);
  overwrite(database(), 0, std::string(fs::file_size(database()), 'x'));
  expect_store_failure(server.ask("GET", "/v1/session", cookie));
  expect_store_failure(server.ask("POST", "/v1/session/refresh", cookie));
  expect_store_failure(server.ask("DELETE", "/v1/sessions?scope=all", cookie));
  EXPECT_EQ(status(server.ask("GET", "/livez")), 200);
  EXPECT_TRUE(server.program().running());
}

TEST_F(ServeFaults, TellsAPortThatIsTaken) {
  make_store();
  Server first(data());
  ASSERT_TRUE(first.ready());
  const std::string address = "127.0.0.1:" + std::to_string(first.port());
  EXPECT_EQ(start_error({"--listen", address}, 1),
            "latchkey: cannot listen on " + address +
                ": Address already in use; choose another address with --listen HOST:PORT\n");
}

TEST_F(ServeFaults, TellsALostDatabase) {
  make_store();
  for (const char* end : {"", "-wal", "-shm"}) fs::remove(database() + end);
  const std::string told = start_error({}, 1);
  EXPECT_NE(told.find("is gone"), std::string::npos) << told;
  EXPECT_FALSE(fs::exists(database()));
}

TEST_F(ServeFaults, TellsADamagedDatabase) {
  make_store();
  std::ofstream(database(), std::ios::trunc) << std::string(8192, 'x');
  EXPECT_NE(start_error({}, 1).find("is damaged"), std::string::npos);
}

TEST_F(ServeFaults, TellsALockedDatabase) {
  make_store();
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(database().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other,
                         "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; "
                         "CREATE TABLE foreign_table(a)",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  const std::string told = start_error({"--set", "store.busy_timeout=50ms"}, 1);
  EXPECT_NE(told.find("is locked by another process"), std::string::npos) << told;
  sqlite3_close(other);
}

TEST_F(ServeFaults, TellsAKeyFileOthersMayRead) {
  make_store();
  ::chmod((data() + "/latchkey.key").c_str(), 0644);
  EXPECT_NE(start_error({}, 1).find("chmod 600"), std::string::npos);
}

TEST_F(ServeFaults, TellsADirectoryThatCannotBeWritten) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  fs::permissions(directory_.path(), fs::perms::all);
  fs::create_directory(data());
  Program program({.arguments = {"serve", "--listen", "127.0.0.1:0", "--data", data()},
                   .environment = {},
                   .uid = kNobody});
  EXPECT_EQ(program.wait(), 1);
  EXPECT_NE(program.errors().find("cannot be written"), std::string::npos) << program.errors();
}

TEST_F(ServeFaults, F5TellsADatabaseThatCannotBeWrittenAndStartsOnceItCan) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  fs::permissions(directory_.path(), fs::perms::all);
  const Program::Start nobody{.uid = kNobody};
  {
    Server server(data(), {}, nobody);
    ASSERT_TRUE(server.ready());
    server.program().signal(SIGTERM);
    ASSERT_EQ(server.program().wait(), 0);
  }
  const auto expect_refused = [&] {
    Program program(
        {.arguments = {"serve", "--listen", "127.0.0.1:0", "--data", data()}, .uid = kNobody});
    EXPECT_EQ(program.wait(), 1);
    EXPECT_NE(program.errors().find("the database " + database() + " cannot be written"),
              std::string::npos)
        << program.errors();
  };
  ::chmod(database().c_str(), 0400);
  expect_refused();
  ASSERT_EQ(::chown(database().c_str(), 0, 0), 0);  // a backup that root put back
  ::chmod(database().c_str(), 0644);
  expect_refused();
  // What a version that started all the same left behind.
  std::ofstream(database() + "-shm") << "";
  ::chmod((database() + "-shm").c_str(), 0400);
  for (const char* end : {"", "-shm"}) {
    ASSERT_EQ(::chown((database() + end).c_str(), kNobody, kNobody), 0);
  }
  ::chmod(database().c_str(), 0600);
  Server cured(data(), {}, nobody);
  ASSERT_TRUE(cured.ready()) << cured.program().errors();
  EXPECT_NE(sign_up(cured), "");
}

// backup_recipe returns the commands that the page gives, for this data directory.
std::string backup_recipe(const std::string& data, const std::string& to) {
  std::ifstream page(LATCHKEY_SOURCE "/docs/operate.md");
  const std::string text{std::istreambuf_iterator<char>(page), {}};
  const std::size_t heading = text.find("## Backup");
  const std::size_t from = text.find("```sh\n", heading) + 6;
  std::string recipe = text.substr(from, text.find("```", from) - from);
  for (const auto& [old, now] :
       {std::pair{std::string("/var/lib/latchkey"), data}, std::pair{std::string("/backup"), to}}) {
    for (std::size_t at = 0; (at = recipe.find(old, at)) != std::string::npos; at += now.size()) {
      recipe.replace(at, old.size(), now);
    }
  }
  return "set -e\n" + recipe;
}

TEST_F(ServeFaults, C15TheBackupOfThePageCanBeReadByItsOwnerOnlyAndRestored) {
  const std::string to = directory_.path() + "/backup";
  Server server(data());
  ASSERT_TRUE(server.ready());
  const std::string cookie = sign_up(server);
  ASSERT_NE(cookie, "");
  fs::create_directory(to);
  const std::string recipe = backup_recipe(data(), to);
  const std::string programs = fs::path(LATCHKEY_PROGRAM).parent_path();
  const std::string command = "umask 022\nPATH=" + programs + ":$PATH\n" + recipe;
  ASSERT_EQ(std::system(command.c_str()), 0) << recipe;
  for (const char* file : {"/monday/latchkey.db", "/monday/latchkey.key"}) {
    EXPECT_EQ(fs::status(to + file).permissions(), fs::perms(0600)) << file;
  }
  Server restored(to + "/monday");
  ASSERT_TRUE(restored.ready()) << restored.program().errors();
  const std::string moved = restored.cookie_name() + cookie.substr(cookie.find('='));
  EXPECT_EQ(status(restored.ask("GET", "/v1/session", moved)), 200);
}

TEST_F(ServeFaults, RefusesAPublicAddressWithoutAPublicUrl) {
  EXPECT_NE(start_error({"--listen", "0.0.0.0:0"}, 2).find("--public-url https://HOST"),
            std::string::npos);
  EXPECT_NE(start_error({"--public-url", "http://a.example"}, 2).find("server.public_url"),
            std::string::npos);
  EXPECT_FALSE(fs::exists(data())) << "nothing is made before the configuration is right";
}

TEST_F(ServeFaults, RefusesAWrongConfigurationWithCode2) {
  EXPECT_NE(start_error({"--threads", "many"}, 2).find("--threads: server.threads must be"),
            std::string::npos);
  EXPECT_NE(start_error({"--set", "server.thread=1"}, 2).find("unknown key server.thread"),
            std::string::npos);
  EXPECT_NE(start_error({"--set", "threads"}, 2).find("section.key=value"), std::string::npos);
  const std::string file = directory_.path() + "/a.toml";
  std::ofstream(file) << "[server]\nlisen = \"a\"\n";
  EXPECT_NE(start_error({"--config", file}, 2).find(file + ":2: unknown key server.lisen"),
            std::string::npos);
}

}  // namespace
}  // namespace latchkey::testing
