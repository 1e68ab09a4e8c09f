#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "server/keys/file.h"
#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

const std::string kCredentials = R"({"username":"ann","password":"correct horse battery staple"})";

int status(const std::optional<RawAnswer>& answer) { return answer ? answer->status : 0; }

class ServeCarrier : public ::testing::Test {
 protected:
  std::string data() const { return directory_.path() + "/data"; }
  std::string key_path() const { return data() + "/latchkey.key"; }
  static std::string sign_up(const Server& server) {
    const auto answer = server.ask("POST", "/v1/signup", "", kCredentials);
    return answer && answer->status == 201 ? cookie_of(*answer) : std::string{};
  }
  // reload tells the server and waits until it says it looked.
  void reload(Server& server, const std::string& event) const {
    server.program().signal(SIGHUP);
    for (int tries = 0; tries < 400; ++tries) {
      if (server.program().errors().find(event) != std::string::npos) return;
      ::usleep(25'000);
    }
    ADD_FAILURE() << "no " << event << " in " << server.program().errors();
  }

  TempDirectory directory_;
};

TEST_F(ServeCarrier, EachLogsInAndOutAndRefusesTheOldCookieAfterARestart) {
  for (const std::string carrier : {"stored", "encrypted_id", "hybrid", "sealed", "signed"}) {
    SCOPED_TRACE(carrier);
    const TempDirectory directory;
    std::string living, ended;
    {
      Server server(directory.path() + "/data", {"--carrier", carrier});
      ASSERT_TRUE(server.ready()) << server.program().errors();
      ended = sign_up(server);
      ASSERT_EQ(status(server.ask("GET", "/v1/session", ended)), 200);
      EXPECT_EQ(status(server.ask("POST", "/v1/logout", ended)), 204);
      EXPECT_EQ(status(server.ask("GET", "/v1/session", ended)), 401);
      const auto again = server.ask("POST", "/v1/login", "", kCredentials);
      ASSERT_EQ(status(again), 200);
      living = cookie_of(*again);
    }
    // Another port, another cookie name, and seals are bound to it; so the same port again.
    const std::string port = living.substr(8, living.find('=') - 8);
    Server server(directory.path() + "/data",
                  {"--carrier", carrier, "--listen", "127.0.0.1:" + port});
    ASSERT_TRUE(server.ready()) << server.program().errors();
    EXPECT_EQ(status(server.ask("GET", "/v1/session", living)), 200);
    EXPECT_EQ(status(server.ask("GET", "/v1/session", ended)), 401);
  }
}

TEST_F(ServeCarrier, ReadsKeysAgainOnSighupAndKeepsTheOldOnesWhenTheFileIsRefused) {
  Server server(data(), {"--carrier", "sealed"});
  ASSERT_TRUE(server.ready()) << server.program().errors();
  const std::string old = sign_up(server);
  std::ofstream(key_path(), std::ios::app) << "[[key]]\nid = \"broken\"\n";
  reload(server, "keys_refused");
  EXPECT_EQ(status(server.ask("GET", "/v1/session", old)), 200);

  // A file with another primary key only: what the old one sealed opens no more.
  std::ostringstream text;
  text << std::ifstream(key_path()).rdbuf();
  const std::string broken = text.str();
  const std::size_t at = broken.find("instance = \"") + 12;
  auto file = server::make_key_file(broken.substr(at, broken.find('"', at) - at),
                                    system_clock().now(), system_entropy());
  ASSERT_TRUE(file && server::write_key_file(key_path(), *file));
  reload(server, "keys_loaded");
  EXPECT_EQ(status(server.ask("GET", "/v1/session", old)), 401);
  const auto fresh = server.ask("POST", "/v1/login", "", kCredentials);
  ASSERT_EQ(status(fresh), 200);
  EXPECT_EQ(status(server.ask("GET", "/v1/session", cookie_of(*fresh))), 200);
}

TEST_F(ServeCarrier, RefusesToStartWithASampleSecret) {
  {
    Server server(data());
    ASSERT_TRUE(server.ready());
  }
  std::ostringstream text;
  text << std::ifstream(key_path()).rdbuf();
  std::string changed = text.str();
  const std::size_t at = changed.find("secret = \"") + 10;
  changed.replace(at, 44, "complex_password_at_least_32_characters_long");
  std::ofstream(key_path()) << changed;
  ::chmod(key_path().c_str(), 0600);
  Program program({.arguments = {"serve", "--listen", "127.0.0.1:0", "--data", data()}});
  EXPECT_EQ(program.wait(), 1);
  EXPECT_NE(program.errors().find("latchkey key new"), std::string::npos) << program.errors();
}

}  // namespace
}  // namespace latchkey::testing
