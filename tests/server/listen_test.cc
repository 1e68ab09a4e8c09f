#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

class ServeListen : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_.path() + "/" + name; }
  std::string socket() const { return path("latchkey.sock"); }
  std::vector<std::string> arguments(std::vector<std::string> more) const {
    std::vector<std::string> all{
        "serve", "--data", path("data"), "--public-url", "https://a.example", "--threads", "2"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::vector<std::string> at_socket(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"--listen", "unix:" + socket()});
    return arguments(std::move(more));
  }
  std::optional<RawAnswer> ask(const std::string& request) const {
    RawClient client = RawClient::at_file(socket());
    if (!client.connected() || !client.send(request)) return std::nullopt;
    return client.answer();
  }
  static int status(const std::optional<RawAnswer>& answer) { return answer ? answer->status : 0; }
  mode_t mode() const {
    struct stat found {};
    return ::lstat(socket().c_str(), &found) == 0 ? found.st_mode : 0;
  }
  // The address that the session of a sign-up over the socket was given.
  std::string seen_address(const std::vector<std::string>& more) const {
    Program program({.arguments = at_socket(more)});
    if (!program.wait_for_output("is ready")) return program.errors();
    const std::string json = R"({"username":"ann","password":"correct horse battery staple"})";
    const auto made =
        ask("POST /v1/signup HTTP/1.1\r\nHost: a.example\r\n"
            "Content-Type: application/json\r\nX-Forwarded-For: 203.0.113.9\r\n"
            "Content-Length: " +
            std::to_string(json.size()) + "\r\n\r\n" + json);
    if (status(made) != 201) return made ? made->body : "no answer";
    const auto list = ask(request_text("GET", "/v1/sessions", cookie_of(*made)));
    return list ? json_text(list->body, "address") : "no answer";
  }

  TempDirectory directory_;
};

TEST_F(ServeListen, AUnixSocketAnswersAndIsRemovedAtTheEnd) {
  Program program({.arguments = at_socket({"--set", "server.socket_mode=0600"})});
  ASSERT_TRUE(program.wait_for_output("is ready")) << program.errors();
  EXPECT_EQ(mode(), static_cast<mode_t>(S_IFSOCK | 0600));
  EXPECT_EQ(status(ask(request_text("GET", "/livez"))), 200);
  EXPECT_NE(program.errors().find("\"listen\":\"unix:" + socket()), std::string::npos);
  EXPECT_NE(program.errors().find("unix_peers_untrusted"), std::string::npos);
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
  EXPECT_EQ(mode(), 0U);
  EXPECT_FALSE(std::filesystem::exists(socket() + "~"));
}

TEST_F(ServeListen, ListensInSeveralPlacesAtOnce) {
  Program program({.arguments = at_socket({"--listen", "127.0.0.1:0"})});
  ASSERT_TRUE(program.wait_for_output("is ready")) << program.errors();
  EXPECT_EQ(mode(), static_cast<mode_t>(S_IFSOCK | 0660));
  const std::string listen = json_text(program.errors(), "listen", "\"started\"");
  RawClient other(static_cast<std::uint16_t>(std::stoi(listen.substr(listen.rfind(':') + 1))));
  ASSERT_TRUE(other.send(request_text("GET", "/livez")));
  EXPECT_EQ(status(other.answer()), 200);
  EXPECT_EQ(status(ask(request_text("GET", "/livez"))), 200);
}

TEST_F(ServeListen, ASocketThatAKilledServerLeftIsReplaced) {
  {
    Program program({.arguments = at_socket()});
    ASSERT_TRUE(program.wait_for_output("is ready")) << program.errors();
    program.signal(SIGKILL);
    program.wait();
  }
  ASSERT_NE(mode(), 0U) << "it is still there";
  Program program({.arguments = at_socket()});
  ASSERT_TRUE(program.wait_for_output("is ready")) << program.errors();
  EXPECT_EQ(status(ask(request_text("GET", "/livez"))), 200);
}

TEST_F(ServeListen, WhatIsNotAStaleSocketIsLeftAlone) {
  std::ofstream(socket()) << "precious";
  Program onto_file({.arguments = at_socket()});
  EXPECT_EQ(onto_file.wait(), 1);
  EXPECT_NE(onto_file.errors().find("is no socket"), std::string::npos) << onto_file.errors();
  EXPECT_EQ(std::filesystem::file_size(socket()), 8U);
  std::filesystem::remove(socket());

  Program first({.arguments = at_socket()});
  ASSERT_TRUE(first.wait_for_output("is ready")) << first.errors();
  Program second({.arguments = {"serve", "--data", path("other"), "--public-url",
                                "https://a.example", "--listen", "unix:" + socket()}});
  EXPECT_EQ(second.wait(), 1);
  EXPECT_NE(second.errors().find("another server listens there"), std::string::npos);
  EXPECT_EQ(status(ask(request_text("GET", "/livez"))), 200) << "the first one's";
}

TEST_F(ServeListen, R126APeerOfTheSocketIsAProxyOnlyWhenThatIsSet) {
  EXPECT_EQ(seen_address({}), "unix");
  std::filesystem::remove_all(path("data"));
  EXPECT_EQ(seen_address({"--set", "server.trusted_proxies=127.0.0.1"}), "unix");
  std::filesystem::remove_all(path("data"));
  EXPECT_EQ(seen_address({"--set", "server.trusted_proxies=unix"}), "203.0.113.9");
}

TEST_F(ServeListen, R126VerifyBelievesAProxyAtTheSocketOnlyWhenThatIsSet) {
  const std::string question =
      "GET /v1/verify/nginx HTTP/1.1\r\nHost: a\r\nX-Original-Method: GET\r\n"
      "X-Original-URL: https://a.example/public/x\r\n\r\n";
  for (const bool trusted : {false, true}) {
    Program program({.arguments = at_socket(
                         {"--set", "verify.rules=/public/* public", "--set",
                          std::string("server.trusted_proxies=") + (trusted ? "unix" : "")})});
    ASSERT_TRUE(program.wait_for_output("is ready")) << program.errors();
    EXPECT_EQ(status(ask(question)), trusted ? 200 : 403);
  }
}

TEST_F(ServeListen, ASocketNeedsAPublicUrl) {
  Program program({.arguments = {"serve", "--data", path("data"), "--listen", "unix:" + socket()}});
  EXPECT_EQ(program.wait(), 2);
  EXPECT_NE(program.errors().find("server.public_url must be set"), std::string::npos);
  EXPECT_EQ(mode(), 0U);
}

// What systemd does: the socket is opened before any server and stays open between two of them.
class PassedListener {
 public:
  PassedListener() : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(fd_, any, size) == 0 && ::listen(fd_, 1024) == 0 &&
        ::getsockname(fd_, any, &size) == 0) {
      port = ntohs(address.sin_port);
    }
  }
  ~PassedListener() { ::close(fd_); }
  int fd() const noexcept { return fd_; }
  std::uint16_t port = 0;

 private:
  int fd_;
};

TEST_F(ServeListen, WithAPassedSocketARestartRefusesNoConnection) {
  const PassedListener listener;
  ASSERT_NE(listener.port, 0);
  const auto start = [&] {
    return Program::Start{.arguments = arguments({"--listen", "127.0.0.1:1"}),
                          .pass_fd = listener.fd()};
  };
  std::atomic<bool> ending{false};
  std::atomic<int> answered{0};
  std::atomic<int> lost{0};
  std::thread visitor([&] {
    while (!ending) {
      RawClient client(listener.port);
      const bool sent = client.send("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      ++(sent && status(client.answer()) == 200 ? answered : lost);
    }
  });
  for (int round = 0; round < 3; ++round) {
    Program program(start());
    if (!program.wait_for_output("is ready")) ADD_FAILURE() << program.errors();
    EXPECT_TRUE(program.wait_for_errors("127.0.0.1:" + std::to_string(listener.port)))
        << "the socket that was passed, and not --listen";
    const int before = answered;
    while (answered < before + 5 && lost == 0) std::this_thread::yield();
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait(), 0);
  }
  Program last(start());
  ending = true;
  visitor.join();
  EXPECT_EQ(lost, 0);
}

TEST_F(ServeListen, APassedFileThatDoesNotListenIsRefused) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  Program program({.arguments = arguments({}), .pass_fd = fd});
  EXPECT_EQ(program.wait(), 1);
  EXPECT_NE(program.errors().find("does not listen"), std::string::npos) << program.errors();
  ::close(fd);
}

class ServeReload : public ServeListen {
 protected:
  void write(const std::string& toml) const { std::ofstream(path("latchkey.toml")) << toml; }
  Program::Start start(std::map<std::string, std::string> environment = {}) const {
    return {.arguments = at_socket(
                {"--config", path("latchkey.toml"), "--set", "server.trusted_proxies=unix"}),
            .environment = std::move(environment)};
  }
  int verify() const {
    return status(
        ask("GET /v1/verify/nginx HTTP/1.1\r\nHost: a\r\nX-Original-Method: GET\r\n"
            "X-Original-URL: https://a.example/help/x\r\n\r\n"));
  }
};

TEST_F(ServeReload, SighupTakesWhatCanChangeAndTellsWhatCannot) {
  write("[verify]\nrules = [\"/help/* protected\"]\n");
  Program program(start({{"LATCHKEY_LOG_LEVEL", "info"}}));
  ASSERT_TRUE(program.wait_for_output("is ready")) << program.errors();
  EXPECT_EQ(verify(), 401);
  write(
      "[verify]\nrules = [\"/help/* public\"]\n[session]\nidle = \"1h\"\n[log]\nlevel = "
      "\"error\"\n");
  program.signal(SIGHUP);
  ASSERT_TRUE(program.wait_for_errors("settings_need_restart"));
  EXPECT_EQ(json_text(program.errors(), "changed"), "verify.rules")
      << "the environment of the start still wins over the file";
  EXPECT_EQ(json_text(program.errors(), "settings", "settings_need_restart"), "session.idle");
  EXPECT_EQ(verify(), 200);
}

TEST_F(ServeReload, ABrokenFileIsRefusedAndTheSettingsOfBeforeStay) {
  const std::string good = "[verify]\nrules = [\"/help/* public\"]\n";
  write(good);
  Program program(start());
  ASSERT_TRUE(program.wait_for_output("is ready")) << program.errors();
  const std::pair<const char*, const char*> broken[] = {
      {"[verify]\nrules = [\"/help/* private\"]\n", "latchkey.toml:2"},
      {"[verify]\nrules = [\n", "latchkey.toml:"},
      {"[verify]\nrules = [\"/help/* public\"]\nallow_ambiguous_paths = true\n", "ambiguous"}};
  for (const auto& [text, told] : broken) {
    const std::size_t before = program.errors().size();
    write(text);
    program.signal(SIGHUP);
    // Keys are read after the settings, whatever became of those.
    while (program.running() && program.errors().find("\"keys_", before) == std::string::npos) {
      ::usleep(5000);
    }
    const std::string errors = program.errors().substr(before);
    EXPECT_NE(errors.find("settings_refused"), std::string::npos) << errors;
    EXPECT_NE(errors.find(told), std::string::npos) << errors;
    EXPECT_EQ(verify(), 200);
  }
}

}  // namespace
}  // namespace latchkey::testing
