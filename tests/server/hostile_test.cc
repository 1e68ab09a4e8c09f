#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>

#include <array>
#include <memory>
#include <set>
#include <thread>

#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

class ServeHostile : public ::testing::Test {
 protected:
  std::string data() const { return directory_.path() + "/data"; }
  static int status(const std::optional<RawAnswer>& answer) { return answer ? answer->status : 0; }
  TempDirectory directory_;
};

TEST_F(ServeHostile, R144SlowClientsDoNotKeepOthersOut) {
  // Long enough for this program to get from connecting to sending on a starved machine.
  Server server(data(), {"--set", "timeouts.header=2s", "--set", "timeouts.body=2s"});
  ASSERT_TRUE(server.ready());
  std::vector<RawClient> slow;
  for (int i = 0; i < 200; ++i) {
    slow.push_back(server.client());
    ASSERT_TRUE(slow.back().send(i % 2 == 0 ? "GET / HTTP/1.1\r\nHost: a\r\nX: "
                                            : "POST /v1/login HTTP/1.1\r\nHost: a\r\n"
                                              "Content-Length: 100\r\n\r\nab"));
    if (i % 20 == 0) {
      EXPECT_EQ(status(server.ask("GET", "/livez")), 200);
    }
  }
  for (RawClient& client : slow) EXPECT_EQ(status(client.answer()), 408);
}

TEST_F(ServeHostile, TimeInWhichTheServerDidNotRunIsNoClientsFault) {
  Server server(data(), {"--set", "timeouts.header=500ms", "--set", "timeouts.idle=500ms"});
  ASSERT_TRUE(server.ready());
  server.program().signal(SIGSTOP);
  std::vector<RawClient> clients;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(server.client());
    ASSERT_TRUE(clients.back().send(request_text("GET", "/livez")));
  }
  ::poll(nullptr, 0, 1500);  // longer than a deadline, as a machine that sleeps
  server.program().signal(SIGCONT);
  for (RawClient& client : clients) EXPECT_EQ(status(client.answer()), 200);
}

TEST_F(ServeHostile, R143TheLimitOfABodyIsTheOneThatIsSet) {
  Server server(data(), {"--set", "limits.body_bytes=200000"});
  ASSERT_TRUE(server.ready());
  const auto log_in = [&](std::size_t bytes) {
    return server.ask("POST", "/v1/login", {}, "{" + std::string(bytes - 2, ' ') + "}");
  };
  EXPECT_EQ(json_text(log_in(200'000)->body, "code"), "bad_field");
  EXPECT_EQ(json_text(log_in(200'001)->body, "code"), "body_too_large");
}

TEST_F(ServeHostile, ServesFiveHundredConnectionsAtOnce) {
  Server server(data());
  ASSERT_TRUE(server.ready());
  std::vector<RawClient> clients;
  for (int i = 0; i < 500; ++i) {
    clients.push_back(server.client());
    ASSERT_TRUE(clients.back().connected()) << i;
  }
  for (int round = 0; round < 3; ++round) {
    for (RawClient& client : clients) {
      ASSERT_TRUE(client.send(request_text("GET", round == 1 ? "/v1/session" : "/livez")));
    }
    for (RawClient& client : clients) {
      ASSERT_EQ(status(client.answer()), round == 1 ? 401 : 200);
    }
  }
}

TEST_F(ServeHostile, R145SurvivesRunningOutOfFiles) {
  Server server(data(), {}, {.open_files = 96});
  ASSERT_TRUE(server.ready()) << server.program().errors();
  std::vector<RawClient> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(server.client());
  int served = 0;
  int refused = 0;
  for (RawClient& client : clients) {
    client.send(request_text("GET", "/livez"));
    const int got = status(client.answer());
    served += got == 200 ? 1 : 0;
    refused += got == 200 ? 0 : 1;
  }
  EXPECT_GT(served, 20);
  EXPECT_GT(refused, 20);
  clients.clear();
  // Closed connections are noticed one after the other; each attempt gets an answer of some kind.
  int last = 0;
  for (int attempt = 0; attempt < 1000 && last != 200; ++attempt) {
    last = status(server.ask("GET", "/livez"));
  }
  EXPECT_EQ(last, 200);
  EXPECT_TRUE(server.program().running());
}

// splitmix64, so that a failure can be repeated.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t limit) {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return static_cast<std::size_t>((z ^ (z >> 31)) % limit);
  }

 private:
  std::uint64_t state_;
};

std::vector<std::string> seeds(const std::string& cookie) {
  const std::string login = R"({"username":"ann","password":"correct horse battery"})";
  return {
      request_text("GET", "/v1/session", cookie),
      request_text("GET", "/?a=%41&b=%zz", cookie),
      request_text("GET", "/v1/sessions?after=x&limit=9", cookie),
      request_text("HEAD", "/training", cookie),
      request_text("DELETE", "/v1/sessions?scope=others", cookie),
      request_text("DELETE", "/v1/sessions/AAAAAAAAAAAAAAAAAAAAAAA", cookie),
      request_text("POST", "/v1/session/refresh", cookie),
      request_text("POST", "/v1/signup", "", R"({"username":"","password":"x"})"),
      "POST /v1/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"use\r\n0\r\n\r\n",
      "POST /logout HTTP/1.1\r\nHost: a\r\nOrigin: http://a\r\nSec-Fetch-Site: cross-site\r\n"
      "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5\r\n\r\na=b&c",
      "GET http://a.example/v1/session HTTP/1.1\r\nHost: a\r\nCookie: a=b\r\nCookie: " + cookie +
          "\r\nConnection: close\r\n\r\n",
      request_text("POST", "/v1/logout", "", login),
  };
}

std::string mutate(std::string text, Draw& draw) {
  static constexpr std::array<std::string_view, 14> kPieces{"\r\n",
                                                            "\n",
                                                            "\r",
                                                            "\r\n\r\n",
                                                            ":",
                                                            ";",
                                                            "=",
                                                            "Content-Length: 5\r\n",
                                                            "Transfer-Encoding: chunked\r\n",
                                                            "Cookie: a=b\r\n",
                                                            "%00",
                                                            "\xff",
                                                            "..",
                                                            "HTTP/1.1"};
  const std::size_t times = 1 + draw.below(4);
  for (std::size_t i = 0; i < times && !text.empty(); ++i) {
    const std::size_t at = draw.below(text.size());
    switch (draw.below(6)) {
      case 0:
        text[at] = static_cast<char>(draw.below(256));
        break;
      case 1:
        text.erase(at, 1 + draw.below(8));
        break;
      case 2:
        text.insert(at, kPieces[draw.below(kPieces.size())]);
        break;
      case 3:
        text.insert(at, text.substr(draw.below(text.size()), draw.below(40)));
        break;
      case 4:
        text.resize(at);
        break;
      default:
        text.insert(at, std::string(draw.below(300), static_cast<char>(draw.below(256))));
    }
  }
  return text;
}

// No body holds a status line, so this finds all of them whether an answer has a body or not.
void collect_statuses(const std::string& stream, std::set<int>& statuses) {
  const std::string_view start = "HTTP/1.1 ";
  for (std::size_t at = stream.find(start); at != std::string::npos; at = stream.find(start, at)) {
    at += start.size();
    statuses.insert(std::stoi(stream.substr(at, 3)));
  }
}

// Sends each text on a connection of its own, ends it, and collects the statuses of all answers.
std::set<int> bombard(const Server& server, const std::vector<std::string>& from,
                      std::uint64_t seed, int count) {
  Draw draw(seed);
  std::set<int> statuses;
  for (int i = 0; i < count; ++i) {
    RawClient client = server.client();
    if (!client.connected()) {
      statuses.insert(-1);
      continue;
    }
    client.send(mutate(from[draw.below(from.size())], draw));
    client.finish_sending();
    collect_statuses(client.rest(), statuses);
  }
  return statuses;
}

TEST_F(ServeHostile, R153TwentyThousandBrokenRequestsNeverFindA500) {
  Server server(data(), {"--log-level", "error"});
  ASSERT_TRUE(server.ready());
  const auto signed_up = server.ask("POST", "/v1/signup", "",
                                    R"({"username":"ann","password":"correct horse battery"})");
  ASSERT_EQ(status(signed_up), 201);
  const std::vector<std::string> from = seeds(cookie_of(*signed_up));
  std::array<std::set<int>, 4> found;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < found.size(); ++i) {
    threads.emplace_back([&, i] { found[i] = bombard(server, from, 1 + i, 5000); });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<int> all;
  for (const std::set<int>& statuses : found) all.insert(statuses.begin(), statuses.end());
  for (const int got : all) {
    EXPECT_TRUE((got >= 100 && got < 500) || got == 501 || got == 503 || got == 505) << got;
  }
  EXPECT_TRUE(all.contains(400));
  EXPECT_TRUE(server.program().running());
  EXPECT_EQ(status(server.ask("GET", "/livez")), 200);
}

TEST_F(ServeHostile, R181ALogThatCannotBeWrittenStopsNothing) {
  Server server(data(), {"--log-level", "debug"}, {.errors_to = "/dev/full"});
  ASSERT_TRUE(server.ready());
  EXPECT_EQ(status(server.ask("POST", "/v1/signup", "",
                              R"({"username":"ann","password":"correct horse battery"})")),
            201);
  server.program().signal(SIGTERM);
  EXPECT_EQ(server.program().wait(), 0);
}

}  // namespace
}  // namespace latchkey::testing
