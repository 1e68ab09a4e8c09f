// F1, M1: standard error and standard output whose reader has stopped reading.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

// StuckPipe is one that is full to the last byte and that nobody reads.
class StuckPipe {
 public:
  StuckPipe() {
    EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0);
    ::fcntl(writer(), F_SETFL, O_NONBLOCK);
    const std::string block(4096, '.');
    while (::write(writer(), block.data(), block.size()) > 0) {
    }
    ::fcntl(writer(), F_SETFL, 0);
  }
  ~StuckPipe() {
    for (const int end : ends_) ::close(end);
  }
  StuckPipe(const StuckPipe&) = delete;
  StuckPipe& operator=(const StuckPipe&) = delete;
  int writer() const { return ends_[1]; }
  // read_until reads until `text` came; false at the end.
  bool read_until(const std::string& text) {
    std::array<char, 65536> block;
    while (all_.find(text) == std::string::npos) {
      const ssize_t bytes = ::read(ends_[0], block.data(), block.size());
      if (bytes <= 0) return false;
      all_.append(block.data(), static_cast<std::size_t>(bytes));
    }
    return true;
  }
  const std::string& all() const { return all_; }

 private:
  std::array<int, 2> ends_{-1, -1};
  std::string all_;
};

class ServeStuckLog : public ::testing::Test {
 protected:
  std::string data() const { return directory_.path() + "/data"; }
  static int status(const std::optional<RawAnswer>& answer) { return answer ? answer->status : 0; }
  // Each of these logs one line.
  static bool answers_bad_cookies(const Server& server, int count) {
    RawClient client = server.client();
    const std::string request = request_text("GET", "/v1/session", server.cookie_name() + "=bad");
    for (int i = 0; i < count; ++i) {
      if (!client.send(request) || status(client.answer()) != 401) return false;
    }
    return true;
  }
  TempDirectory directory_;
};

TEST_F(ServeStuckLog, F1RequestsAndTheEndGoOn) {
  const StuckPipe pipe;
  Server server(data(), {}, {.errors_fd = pipe.writer()});
  ASSERT_TRUE(server.ready());
  EXPECT_TRUE(answers_bad_cookies(server, 2000));
  for (const char* path : {"/livez", "/readyz"}) EXPECT_EQ(status(server.ask("GET", path)), 200);
  EXPECT_EQ(status(server.ask("POST", "/v1/signup", "",
                              R"({"username":"ann","password":"correct horse battery"})")),
            201)
      << "workers log, too";
  server.program().signal(SIGHUP);
  EXPECT_TRUE(answers_bad_cookies(server, 10));
  server.program().signal(SIGTERM);
  EXPECT_EQ(server.program().wait(), 0);
}

TEST_F(ServeStuckLog, F1ASecondSignalEndsItWhileItDrains) {
  const StuckPipe pipe;
  Server server(data(), {}, {.errors_fd = pipe.writer()});
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

TEST_F(ServeStuckLog, F1LostLinesAreCountedAndTheLogTellsOnceItIsReadAgain) {
  StuckPipe pipe;
  Server server(data(), {}, {.errors_fd = pipe.writer()});
  ASSERT_TRUE(server.ready());
  EXPECT_TRUE(answers_bad_cookies(server, 14'000));  // 100 bytes each: more than the queue holds
  ASSERT_TRUE(pipe.read_until("\"event\":\"log_lines_lost\"")) << "the reader reads again";
  EXPECT_TRUE(answers_bad_cookies(server, 1));
  server.program().signal(SIGTERM);
  ASSERT_TRUE(pipe.read_until("\"event\":\"stopped\""));
  EXPECT_EQ(server.program().wait(), 0);
  const auto told = std::stoul(json_text(pipe.all(), "lines", "log_lines_lost"));
  std::size_t written = 0;
  const std::string event = "\"event\":\"bad_token\"";
  for (std::size_t at = pipe.all().find(event); at != std::string::npos;
       at = pipe.all().find(event, at + 1)) {
    ++written;
  }
  EXPECT_EQ(written + told, 14'001U) << "each line was written or counted";
}

TEST_F(ServeStuckLog, F1AStuckStandardOutputDoesNotKeepItFromStarting) {
  const StuckPipe pipe;
  Program program({.arguments = {"serve", "--listen", "127.0.0.1:0", "--data", data()},
                   .output_fd = pipe.writer()});
  ASSERT_TRUE(program.wait_for_errors("\"event\":\"started\""));
  const std::string listen = json_text(program.errors(), "listen", "\"event\":\"started\"");
  RawClient client(static_cast<std::uint16_t>(std::stoi(listen.substr(listen.rfind(':') + 1))));
  ASSERT_TRUE(client.send(request_text("GET", "/readyz")));
  EXPECT_EQ(status(client.answer()), 200);
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST_F(ServeStuckLog, F1AServerThatCannotStartEndsThoughNobodyReadsWhy) {
  const StuckPipe pipe;
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"--listen", "0.0.0.0:0"}, {"--set", "no.such=1"}}) {
    std::vector<std::string> arguments{"serve", "--data", data()};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    Program program({.arguments = arguments, .errors_fd = pipe.writer()});
    EXPECT_EQ(program.wait(), 2);
  }
}

// The next file that is opened would get the number 2, and the log would be written into it.
TEST_F(ServeStuckLog, F1AClosedStandardErrorIsNobodyElsesFile) {
  Server server(data(), {"--log-level", "debug"}, {.errors_fd = Program::Start::kClosed});
  ASSERT_TRUE(server.ready());
  EXPECT_TRUE(answers_bad_cookies(server, 20)) << "no log line is in an answer";
  std::array<char, 256> target{};
  const std::string link = "/proc/" + std::to_string(server.program().pid()) + "/fd/2";
  const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
  EXPECT_EQ(std::string(target.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))),
            "/dev/null");
  server.program().signal(SIGTERM);
  EXPECT_EQ(server.program().wait(), 0);
}

}  // namespace
}  // namespace latchkey::testing
