#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

const std::string kPassword = "correct horse battery staple";

std::string credentials(const std::string& username) {
  return R"({"username":")" + username + R"(","password":")" + kPassword + "\"}";
}

class ServeApi : public ::testing::Test {
 protected:
  std::string data() const { return directory_.path() + "/data"; }
  static std::string sign_up(const Server& server, const std::string& username) {
    const auto answer = server.ask("POST", "/v1/signup", "", credentials(username));
    return answer && answer->status == 201 ? cookie_of(*answer) : std::string{};
  }
  static std::string log_in(const Server& server, const std::string& username) {
    const auto answer = server.ask("POST", "/v1/login", "", credentials(username));
    return answer && answer->status == 200 ? cookie_of(*answer) : std::string{};
  }
  static int status(const std::optional<RawAnswer>& answer) { return answer ? answer->status : 0; }

  TempDirectory directory_;
};

TEST_F(ServeApi, WalksFromSignUpToLogOut) {
  Server server(data());
  ASSERT_TRUE(server.ready()) << server.program().errors();
  EXPECT_EQ(status(server.ask("GET", "/livez")), 200);
  EXPECT_EQ(status(server.ask("GET", "/readyz")), 200);
  EXPECT_EQ(status(server.ask("GET", "/v1/session")), 401);

  const std::string first = sign_up(server, "ann");
  ASSERT_TRUE(first.starts_with(server.cookie_name() + "=lk1_")) << "the name follows the port";
  EXPECT_EQ(status(server.ask("POST", "/v1/signup", "", credentials("ann"))), 409);
  const std::string second = log_in(server, "ann");
  ASSERT_FALSE(second.empty());
  EXPECT_NE(first, second);

  const auto session = server.ask("GET", "/v1/session", first);
  ASSERT_EQ(status(session), 200);
  EXPECT_EQ(json_text(session->body, "username"), "ann");
  EXPECT_EQ(status(server.ask("HEAD", "/v1/session", first)), 200);
  EXPECT_EQ(status(server.ask("POST", "/v1/session/refresh", first)), 200);
  const auto sessions = server.ask("GET", "/v1/sessions", first);
  ASSERT_EQ(status(sessions), 200);

  const auto other_session = server.ask("GET", "/v1/session", second);
  ASSERT_EQ(status(other_session), 200);
  const std::string other = json_text(other_session->body, "id", "\"session\"");
  EXPECT_NE(sessions->body.find(other), std::string::npos);
  EXPECT_EQ(status(server.ask("DELETE", "/v1/sessions/" + other, first)), 204);
  const auto ended = server.ask("GET", "/v1/session", second);
  ASSERT_EQ(status(ended), 401);
  EXPECT_EQ(json_text(ended->body, "code"), "revoked");

  const auto out = server.ask("POST", "/v1/logout", first);
  ASSERT_EQ(status(out), 204);
  EXPECT_NE(out->head.find("=; Max-Age=0"), std::string::npos) << out->head;
  EXPECT_EQ(status(server.ask("GET", "/v1/session", first)), 401);
}

TEST_F(ServeApi, EndingOneSessionIsSeenWithTheNextRequestOfAnotherConnection) {
  Server server(data());
  ASSERT_TRUE(server.ready());
  const std::string cookie = sign_up(server, "ann");
  RawClient watching = server.client();
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(watching.send(request_text("GET", "/v1/session", cookie)));
    ASSERT_EQ(status(watching.answer()), 200);
  }
  ASSERT_EQ(status(server.ask("POST", "/v1/logout", cookie)), 204);
  ASSERT_TRUE(watching.send(request_text("GET", "/v1/session", cookie)));
  EXPECT_EQ(status(watching.answer()), 401);
}

TEST_F(ServeApi, SessionsSurviveARestart) {
  std::string value;
  {
    Server server(data());
    ASSERT_TRUE(server.ready());
    const std::string cookie = sign_up(server, "ann");
    value = cookie.substr(cookie.find('='));
    server.program().signal(SIGTERM);
    EXPECT_EQ(server.program().wait(), 0);
  }
  Server server(data());
  ASSERT_TRUE(server.ready());
  EXPECT_EQ(server.program().output().find("Made "), std::string::npos);
  EXPECT_EQ(status(server.ask("GET", "/v1/session", server.cookie_name() + value)), 200);
}

TEST_F(ServeApi, WhatWasAcknowledgedSurvivesKill9) {
  std::string kept;
  std::string ended;
  for (int round = 0; round < 5; ++round) {
    Server server(data());
    ASSERT_TRUE(server.ready()) << server.program().errors();
    if (round > 0) {
      EXPECT_EQ(status(server.ask("GET", "/v1/session", server.cookie_name() + kept)), 200);
      const auto gone = server.ask("GET", "/v1/session", server.cookie_name() + ended);
      ASSERT_EQ(status(gone), 401);
      EXPECT_EQ(json_text(gone->body, "code"), "revoked");
    }
    const std::string name = "user" + std::to_string(round);
    const std::string first = sign_up(server, name);
    const std::string second = log_in(server, name);
    ASSERT_EQ(status(server.ask("POST", "/v1/logout", second)), 204);
    server.program().signal(SIGKILL);
    EXPECT_EQ(server.program().wait(), -SIGKILL);
    kept = first.substr(first.find('='));
    ended = second.substr(second.find('='));
  }
}

TEST_F(ServeApi, SigtermFinishesWhatIsUnderWay) {
  Server server(data());
  ASSERT_TRUE(server.ready());
  RawClient half = server.client();
  std::string text = request_text("POST", "/v1/signup", "", credentials("ann"));
  text.insert(text.find("Content-Type"), "Expect: 100-continue\r\n");
  const std::size_t body = text.find("\r\n\r\n") + 4;
  ASSERT_TRUE(half.send(text.substr(0, body)));
  ASSERT_EQ(status(half.answer()), 100) << "now it is under way";
  ASSERT_TRUE(half.send(text.substr(body, text.size() - body - 5)));
  RawClient idle = server.client();
  ASSERT_TRUE(idle.send(request_text("GET", "/livez")));
  ASSERT_EQ(status(idle.answer()), 200);
  server.program().signal(SIGTERM);
  EXPECT_TRUE(idle.at_end());
  ASSERT_TRUE(half.send(text.substr(text.size() - 5)));
  const auto answer = half.answer();
  ASSERT_EQ(status(answer), 201);
  EXPECT_EQ(answer->header("Connection"), "close");
  EXPECT_EQ(server.program().wait(), 0);
  EXPECT_NE(server.program().errors().find("\"event\":\"stopped\""), std::string::npos);
}

TEST_F(ServeApi, ASecondSignalEndsTheProgramAtOnce) {
  Server server(data());
  ASSERT_TRUE(server.ready());
  RawClient half = server.client();
  ASSERT_TRUE(half.send("GET / HTTP/1.1\r\n"));
  RawClient probe = server.client();
  ASSERT_TRUE(probe.send(request_text("GET", "/livez")));
  ASSERT_EQ(status(probe.answer()), 200);
  server.program().signal(SIGTERM);
  EXPECT_TRUE(probe.at_end());
  server.program().signal(SIGINT);
  EXPECT_EQ(server.program().wait(), 1);
}

// Every file the server leaves, and its logs, against every token it gave out.
TEST_F(ServeApi, R8TokensAndPasswordsAreNowhereButInTheCookie) {
  Server server(data(), {"--log-level", "debug"});
  ASSERT_TRUE(server.ready());
  std::vector<std::string> cookies{sign_up(server, "ann"), log_in(server, "ann")};
  std::string bodies;
  for (const std::string& cookie : cookies) {
    for (const char* path : {"/v1/session", "/v1/sessions", "/", "/training", "/sessions"}) {
      bodies += server.ask("GET", path, cookie)->body;
    }
    bodies += server.ask("POST", "/v1/session/refresh", cookie)->body;
  }
  server.ask("GET", "/v1/session", cookies[0] + "x");
  server.ask("GET", "/v1/session", cookies[0] + "; " + cookies[0]);
  server.ask("POST", "/v1/login", "", R"({"username":"ann","password":"not the right password"})");
  server.ask("POST", "/v1/logout", cookies[1]);
  server.program().signal(SIGTERM);
  EXPECT_EQ(server.program().wait(), 0);

  const std::string logged = server.program().errors() + server.program().output();
  std::string stored;
  for (const auto& entry : std::filesystem::directory_iterator(data())) {
    std::ifstream file(entry.path(), std::ios::binary);
    stored.append(std::istreambuf_iterator<char>(file), {});
  }
  const std::string all = bodies + logged + stored;
  EXPECT_EQ(all.find("lk1_"), std::string::npos);
  for (const std::string& cookie : cookies) {
    const std::string secret = cookie.substr(cookie.size() - 24);
    EXPECT_EQ(all.find(secret), std::string::npos);
    const std::string id = cookie.substr(cookie.size() - 24 - 23, 23);
    EXPECT_NE(logged.find(id), std::string::npos) << "the log was read";
    EXPECT_NE(stored.find(id), std::string::npos) << "the data was read";
  }
  EXPECT_EQ(all.find(kPassword), std::string::npos);
  EXPECT_EQ(all.find("not the right password"), std::string::npos);
}

}  // namespace
}  // namespace latchkey::testing
