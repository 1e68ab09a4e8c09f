#include "server/http/server.h"

#include <gtest/gtest.h>

#include <latch>
#include <semaphore>
#include <thread>

#include "tests/support/raw_client.h"

namespace latchkey::server {
namespace {

using testing::RawAnswer;
using testing::RawClient;

constexpr std::size_t kBigBytes = std::size_t{24} << 20;

// Answers with what it was asked. /work runs on a worker; /wait too, and stays there until
// released.
constexpr Millis kHold{300};

class ScriptedHandler final : public Handler {
 public:
  http::Lane lane(const http::Request& request) const noexcept override {
    if (request.path == "/work" || request.path == "/held") return http::Lane::blocking;
    return request.path == "/wait" ? http::Lane::hashing : http::Lane::inline_read;
  }
  bool reads_body(const http::Request& request) const noexcept override {
    return request.path != "/ask";
  }
  http::Response handle(const http::Request& request) override {
    http::Response response;
    response.content_type = "text/plain; charset=utf-8";
    if (request.path == "/big") {
      response.body.assign(kBigBytes, 'b');
      return response;
    }
    if (request.path == "/wait") {
      entered.release();
      released.acquire();
    }
    response.body.append(request.method).append(" ").append(request.path).append(" ");
    response.body.append(request.query).append(" ").append(request.body);
    response.body.append(" ").append(request.peer_address);
    response.close = request.path == "/close";
    if (request.path == "/held") response.hold = kHold;
    return response;
  }

  std::counting_semaphore<> entered{0};
  std::counting_semaphore<> released{0};
};

class HttpServerTest : public ::testing::Test {
 protected:
  void start(HttpServerOptions options = {}) {
    options.threads = options.threads == 0 ? 2 : options.threads;
    auto bound = HttpServer::bind(std::move(options));
    ASSERT_TRUE(bound) << bound.error().detail;
    server = std::move(*bound);
    server->start(handler);
  }
  RawClient client() const { return RawClient(server->port()); }
  // Waits without looking at a clock; the test's own time limit bounds it.
  void wait_for_connections(std::size_t count) const {
    while (server->open_connections() != count) std::this_thread::yield();
  }

  ScriptedHandler handler;
  std::unique_ptr<HttpServer> server;
};

std::string get(const std::string& path, const std::string& fields = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: a.example\r\n" + fields + "\r\n";
}
std::string post(const std::string& path, const std::string& body) {
  return "POST " + path +
         " HTTP/1.1\r\nHost: a.example\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

TEST_F(HttpServerTest, AnswersAndKeepsTheConnection) {
  start();
  RawClient c = client();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(c.send(get("/a?b=" + std::to_string(i))));
    const auto answer = c.answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "GET /a b=" + std::to_string(i) + "  127.0.0.1");
    EXPECT_TRUE(answer->header("Date")->ends_with(" GMT"));
    EXPECT_FALSE(answer->header("Connection"));
    EXPECT_FALSE(answer->header("Server")) << "R149";
  }
}

TEST_F(HttpServerTest, AnswersHeadWithoutABody) {
  start();
  RawClient c = client();
  ASSERT_TRUE(c.send("HEAD /a HTTP/1.1\r\nHost: a.example\r\n\r\n" + get("/b")));
  const auto head = c.answer(true);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->header("Content-Length"), "19");
  EXPECT_EQ(c.answer()->body, "GET /b   127.0.0.1");
}

TEST_F(HttpServerTest, ReadsRequestsByteByByte) {
  start();
  RawClient c = client();
  for (const char byte : post("/a", "hello") + get("/b")) {
    ASSERT_TRUE(c.send({&byte, 1}));
  }
  EXPECT_EQ(c.answer()->body, "POST /a  hello 127.0.0.1");
  EXPECT_EQ(c.answer()->body, "GET /b   127.0.0.1");
}

TEST_F(HttpServerTest, R150AnswersTenThousandPipelinedRequestsInOrder) {
  start();
  RawClient c = client();
  std::thread sender([&] {
    std::string all;
    for (int i = 0; i < 10'000; ++i) {
      all += i % 7 == 0 ? post("/work", std::to_string(i)) : get("/" + std::to_string(i));
    }
    EXPECT_TRUE(c.send(all));
  });
  RawClient& receiver = c;
  for (int i = 0; i < 10'000; ++i) {
    const auto answer = receiver.answer();
    ASSERT_TRUE(answer) << i;
    const std::string expected = i % 7 == 0 ? "POST /work  " + std::to_string(i) + " 127.0.0.1"
                                            : "GET /" + std::to_string(i) + "   127.0.0.1";
    ASSERT_EQ(answer->body, expected);
  }
  sender.join();
}

TEST_F(HttpServerTest, ClosesAfterHttp10AndWhenEitherSideSaysSo) {
  start();
  for (const std::string& text : {std::string{"GET /a HTTP/1.0\r\n\r\n"},
                                  get("/a", "Connection: close\r\n"), get("/close")}) {
    RawClient c = client();
    ASSERT_TRUE(c.send(text));
    const auto answer = c.answer();
    ASSERT_TRUE(answer) << text;
    EXPECT_EQ(answer->header("Connection"), "close") << text;
    EXPECT_TRUE(c.at_end()) << text;
  }
}

TEST_F(HttpServerTest, AnswersAClientThatHasFinishedSending) {
  start();
  RawClient c = client();
  ASSERT_TRUE(c.send(get("/work")));
  c.finish_sending();
  EXPECT_EQ(c.answer()->status, 200);
  EXPECT_TRUE(c.at_end());
}

TEST_F(HttpServerTest, R141NeverAnswersWhatFollowsARefusedRequest) {
  start();
  for (const char* fields : {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                             "Transfer-Encoding: chunked, identity\r\n",
                             "Content-Length: 5\r\nContent-Length: 6\r\n", "A: b\nC: d\r\n"}) {
    RawClient c = client();
    c.send(std::string{"POST /a HTTP/1.1\r\nHost: a.example\r\n"} + fields + "\r\n0\r\n\r\n" +
           get("/smuggled"));
    const auto answer = c.answer();
    ASSERT_TRUE(answer) << fields;
    EXPECT_EQ(answer->status, 400);
    EXPECT_EQ(answer->header("Connection"), "close");
    EXPECT_EQ(answer->header("Content-Type"), "application/problem+json; charset=utf-8");
    EXPECT_NE(answer->body.find(R"("code":"bad_request")"), std::string::npos);
    EXPECT_TRUE(c.at_end()) << fields;
  }
}

TEST_F(HttpServerTest, RefusesWithTheStatusThatSaysWhy) {
  start();
  const std::pair<std::string, int> cases[] = {
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505},
      {"GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
      {get("/", "A: " + std::string(17000, 'a') + "\r\n"), 431},
      {"POST / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n", 417},
  };
  for (const auto& [text, status] : cases) {
    RawClient c = client();
    c.send(text);
    const auto answer = c.answer();
    ASSERT_TRUE(answer) << status;
    EXPECT_EQ(answer->status, status);
    EXPECT_TRUE(c.at_end());
  }
}

TEST_F(HttpServerTest, TellsTooLargeEvenToAClientThatGoesOnSending) {
  start();
  RawClient c = client();
  c.send(post("/a", std::string(std::size_t{1} << 20, 'p')));
  const auto answer = c.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
  EXPECT_EQ(answer->header("Content-Type"), "text/html; charset=utf-8") << "a page was asked for";
  EXPECT_TRUE(c.at_end());
}

TEST_F(HttpServerTest, TakesHeadAndBodyUpToTheLimit) {
  start();
  RawClient c = client();
  const std::string padding(15'000, 'a');
  const std::string body(16'384, 'b');
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(c.send("POST /a HTTP/1.1\r\nHost: a\r\nX: " + padding +
                       "\r\nContent-Length: 16384\r\n\r\n" + body + get("/b")));
    EXPECT_EQ(c.answer()->body, "POST /a  " + body + " 127.0.0.1");
    EXPECT_EQ(c.answer()->body, "GET /b   127.0.0.1");
  }
}

TEST_F(HttpServerTest, DecodesChunksSentInPieces) {
  HttpServerOptions options;
  options.limits.body_bytes = 40'000;
  start(std::move(options));
  RawClient c = client();
  ASSERT_TRUE(c.send("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    const std::string chunk(1000, static_cast<char>('a' + i % 26));
    expected += chunk;
    ASSERT_TRUE(c.send("3e8\r\n" + chunk.substr(0, 500)));
    ASSERT_TRUE(c.send(chunk.substr(500) + "\r"));
    ASSERT_TRUE(c.send("\n"));
  }
  ASSERT_TRUE(c.send("0\r\n\r\n" + get("/b")));
  EXPECT_EQ(c.answer()->body, "POST /a  " + expected + " 127.0.0.1");
  EXPECT_EQ(c.answer()->body, "GET /b   127.0.0.1");
}

// The program that has assertions of Beast in it was ended by these two packets.
TEST_F(HttpServerTest, M6TakesTheEndOfAnEmptyChunkedBodyByteByByte) {
  start();
  for (const char* end : {"\r\n", "x"}) {
    RawClient c = client();
    ASSERT_TRUE(c.send("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    ASSERT_TRUE(c.send("0\r\n"));
    for (const char* byte = end; *byte != '\0'; ++byte) ASSERT_TRUE(c.send({byte, 1}));
    EXPECT_EQ(c.answer()->status, *end == 'x' ? 400 : 200);
  }
  RawClient next = client();
  ASSERT_TRUE(next.send(get("/b")));
  EXPECT_EQ(next.answer()->status, 200);
}

TEST_F(HttpServerTest, M7OneAddressCannotHoldAllConnections) {
  start({.max_connections = 40, .max_connections_per_address = 10});
  std::vector<RawClient> held;
  for (int i = 0; i < 10; ++i) held.push_back(client());
  wait_for_connections(10);
  RawClient more = client();
  EXPECT_EQ(more.answer()->status, 429);
  EXPECT_TRUE(more.at_end());
  RawClient other(server->port(), 20'000, "127.0.0.2");
  ASSERT_TRUE(other.send(get("/a")));
  EXPECT_EQ(other.answer()->status, 200) << "another address has its own share";
  EXPECT_EQ(server->refused().address, 1U);
  EXPECT_EQ(server->refused().full, 0U);
  held.clear();
  wait_for_connections(1);
  RawClient again = client();
  ASSERT_TRUE(again.send(get("/a")));
  EXPECT_EQ(again.answer()->status, 200);
}

TEST_F(HttpServerTest, M7AnAddressGetsAQuarterUnlessItIsSaidOtherwise) {
  start({.max_connections = 200});
  std::vector<RawClient> held;
  for (int i = 0; i < 50; ++i) held.push_back(client());
  wait_for_connections(50);
  EXPECT_EQ(client().answer()->status, 429);
}

TEST_F(HttpServerTest, M7ATrustedProxyMayHoldAllConnections) {
  auto proxies = guard::TrustedProxies::parse(std::vector<std::string>{"127.0.0.1"});
  ASSERT_TRUE(proxies);
  start({.max_connections = 20, .max_connections_per_address = 5, .proxies = *proxies});
  std::vector<RawClient> held;
  for (int i = 0; i < 20; ++i) held.push_back(client());
  wait_for_connections(20);
  EXPECT_EQ(client().answer()->status, 503) << "more than all are too many for a proxy, too";
  EXPECT_EQ(server->refused().full, 1U);
}

TEST_F(HttpServerTest, R151SaysContinueBeforeTheBodyAndOnlyThen) {
  start();
  RawClient c = client();
  const std::string head =
      "POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  ASSERT_TRUE(c.send(head));
  EXPECT_EQ(c.answer()->head, "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(c.send("ok"));
  EXPECT_EQ(c.answer()->status, 200);
  ASSERT_TRUE(c.send(head + "ok"));
  EXPECT_EQ(c.answer()->status, 200);
  ASSERT_TRUE(
      c.send("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
             "Content-Length: 16385\r\n\r\n"));
  EXPECT_EQ(c.answer()->status, 413);
}

TEST_F(HttpServerTest, GoesOnServingWhileWorkersAreBusyAndRefusesWhatDoesNotFit) {
  start({.threads = 1, .hashing_workers = 1, .hashing_queue = 1});
  RawClient working = client();
  ASSERT_TRUE(working.send(get("/wait")));
  handler.entered.acquire();
  RawClient queued = client();
  ASSERT_TRUE(queued.send(get("/wait")));
  RawClient third = client();
  // Whichever of the two comes first waits in the queue; the one loop takes them in either order.
  ASSERT_TRUE(third.send(get("/wait")));
  RawClient reader = client();
  ASSERT_TRUE(reader.send(get("/a")));
  EXPECT_EQ(reader.answer()->status, 200);

  pollfd either[2] = {{queued.fd(), POLLIN, 0}, {third.fd(), POLLIN, 0}};
  ASSERT_GT(::poll(either, 2, 20'000), 0);
  RawClient& refused = (either[0].revents & POLLIN) != 0 ? queued : third;
  const auto busy = refused.answer();
  ASSERT_TRUE(busy);
  EXPECT_EQ(busy->status, 503);
  EXPECT_EQ(busy->header("Retry-After"), "1");
  EXPECT_EQ(busy->header("Content-Type"), "text/html; charset=utf-8") << "a page was asked for";
  ASSERT_TRUE(refused.send(get("/a")));
  EXPECT_EQ(refused.answer()->status, 200);
  handler.released.release(2);
  EXPECT_EQ(working.answer()->status, 200);
}

TEST_F(HttpServerTest, SurvivesClientsThatLeaveWhileAWorkerIsBusy) {
  start({.hashing_workers = 2, .hashing_queue = 64});
  for (int i = 0; i < 20; ++i) {
    RawClient c = client();
    ASSERT_TRUE(c.send(get("/wait") + get("/a")));
  }
  handler.released.release(20);
  wait_for_connections(0);
  RawClient c = client();
  ASSERT_TRUE(c.send(get("/a")));
  EXPECT_EQ(c.answer()->status, 200);
}

TEST_F(HttpServerTest, HoldsAnAnswerBackAndServesOthersMeanwhile) {
  start({.blocking_workers = 1});
  RawClient held = client();
  const auto asked = std::chrono::steady_clock::now();
  ASSERT_TRUE(held.send(get("/held") + get("/b")));
  RawClient other = client();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(other.send(get("/work")));
    EXPECT_EQ(other.answer()->status, 200) << "the only worker is free";
  }
  EXPECT_EQ(held.answer()->body, "GET /held   127.0.0.1");
  EXPECT_GE(std::chrono::steady_clock::now() - asked, kHold);
  EXPECT_EQ(held.answer()->body, "GET /b   127.0.0.1") << "the connection goes on";
}

TEST_F(HttpServerTest, SurvivesAClientThatLeavesWhileItsAnswerIsHeld) {
  start();
  {
    RawClient held = client();
    ASSERT_TRUE(held.send(get("/held")));
  }
  wait_for_connections(0);
  RawClient c = client();
  ASSERT_TRUE(c.send(get("/a")));
  EXPECT_EQ(c.answer()->status, 200);
}

TEST_F(HttpServerTest, DeliversALargeAnswerToASlowReader) {
  start();
  RawClient c = client();
  ASSERT_TRUE(c.send(get("/big") + get("/a")));
  RawClient other = client();
  ASSERT_TRUE(other.send(get("/a")));
  EXPECT_EQ(other.answer()->status, 200);
  EXPECT_EQ(c.answer()->body.size(), kBigBytes);
  EXPECT_EQ(c.answer()->status, 200);
}

TEST_F(HttpServerTest, R144EndsSlowHeadsAndBodiesWith408) {
  HttpServerOptions options;
  options.timeouts.header = options.timeouts.body = Millis{300};
  start(std::move(options));
  for (const char* text : {"GET / HTTP/1.1\r\nHost: a\r\n",
                           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab"}) {
    RawClient c = client();
    ASSERT_TRUE(c.send(text));
    const auto answer = c.answer();
    ASSERT_TRUE(answer) << text;
    EXPECT_EQ(answer->status, 408);
    EXPECT_TRUE(c.at_end());
  }
}

TEST_F(HttpServerTest, R144CountsTheHeadFromItsFirstByte) {
  HttpServerOptions options;
  options.timeouts.header = Millis{300};
  start(std::move(options));
  RawClient c = client();
  ASSERT_TRUE(c.send("GET / HTTP/1.1\r\nHost: a\r\nX: "));
  // A client that never stops sending gets no more time for it. Ends when the server closes.
  while (c.send("a") && (c.connected())) {
    pollfd ready{c.fd(), POLLIN, 0};
    if (::poll(&ready, 1, 10) > 0) break;
  }
  const auto answer = c.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
}

TEST_F(HttpServerTest, ClosesIdleConnectionsWithoutAWord) {
  HttpServerOptions options;
  options.timeouts.header = options.timeouts.idle = Millis{300};
  start(std::move(options));
  RawClient silent = client();
  EXPECT_TRUE(silent.at_end());
  RawClient served = client();
  ASSERT_TRUE(served.send(get("/a")));
  EXPECT_EQ(served.answer()->status, 200);
  EXPECT_TRUE(served.at_end());
}

TEST_F(HttpServerTest, DropsAClientThatTakesNoAnswer) {
  HttpServerOptions options;
  options.timeouts.write = Millis{300};
  start(std::move(options));
  RawClient c = client();
  ASSERT_TRUE(c.send(get("/big")));
  wait_for_connections(1);
  wait_for_connections(0);
}

TEST_F(HttpServerTest, R145AnswersConnectionsBeyondTheLimitWith503) {
  start({.threads = 1, .max_connections = 2});
  RawClient a = client();
  RawClient b = client();
  wait_for_connections(2);
  RawClient c = client();
  const auto answer = c.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(answer->header("Cache-Control"), "no-store");
  EXPECT_EQ(answer->header("Retry-After"), "1");
  EXPECT_TRUE(c.at_end());
  a.close();
  wait_for_connections(1);
  RawClient d = client();
  ASSERT_TRUE(d.send(get("/a")));
  EXPECT_EQ(d.answer()->status, 200);
}

TEST_F(HttpServerTest, DrainsAnsweringWhatIsUnderWay) {
  start();
  RawClient idle = client();
  RawClient served = client();
  ASSERT_TRUE(served.send(get("/a")));
  EXPECT_EQ(served.answer()->status, 200);
  RawClient working = client();
  ASSERT_TRUE(working.send(get("/wait")));
  handler.entered.acquire();
  server->drain();
  EXPECT_TRUE(idle.at_end());
  EXPECT_TRUE(served.at_end());
  EXPECT_FALSE(server->wait(Millis{0}));
  handler.released.release();
  const auto answer = working.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->header("Connection"), "close");
  EXPECT_TRUE(server->wait(std::chrono::seconds{20}));
  EXPECT_FALSE(client().connected());
}

TEST_F(HttpServerTest, StopsWithConnectionsOpenAndWorkersBusy) {
  start();
  RawClient idle = client();
  RawClient half = client();
  ASSERT_TRUE(half.send("GET / HT"));
  RawClient working = client();
  ASSERT_TRUE(working.send(get("/wait")));
  handler.entered.acquire();
  handler.released.release();
  server->stop();
  EXPECT_TRUE(idle.at_end());
}

TEST(HttpServer, RefusesAPortThatIsTaken) {
  auto first = HttpServer::bind({.threads = 1});
  ASSERT_TRUE(first);
  auto second = HttpServer::bind({.listen = {{.port = (*first)->port()}}, .threads = 1});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::bad_config);
  EXPECT_EQ(second.error().detail,
            "cannot listen on 127.0.0.1:" + std::to_string((*first)->port()) +
                ": Address already in use");
}

TEST(HttpServer, RefusesAnAddressThatIsNotHere) {
  EXPECT_FALSE(HttpServer::bind({.listen = {{.host = "203.0.113.1"}}, .threads = 1}));
  EXPECT_FALSE(HttpServer::bind({.listen = {{.host = "no such host"}}, .threads = 1}));
}

// A proxy that asks about a request announces its body and does not send it.
TEST_F(HttpServerTest, AnswersAtTheEndOfTheHeadWhereNoBodyIsRead) {
  start();
  for (const char* body :
       {"Content-Length: 5\r\n", "Content-Length: 5000000000\r\n", "Transfer-Encoding: chunked\r\n",
        "Content-Length: 5\r\nExpect: 100-continue\r\n"}) {
    RawClient c = client();
    ASSERT_TRUE(c.send("POST /ask HTTP/1.1\r\nHost: a.example\r\n" + std::string(body) + "\r\n"));
    const auto answer = c.answer();
    ASSERT_TRUE(answer) << body;
    EXPECT_EQ(answer->status, 200) << body;
    EXPECT_EQ(answer->body, "POST /ask   127.0.0.1");
    EXPECT_EQ(answer->header("Connection"), "close") << body;
    EXPECT_FALSE(c.answer()) << "the connection ends";
  }
}

TEST_F(HttpServerTest, R141NeverAnswersWhatStandsInAnUnreadBody) {
  start();
  RawClient c = client();
  const std::string inner = get("/smuggled");
  ASSERT_TRUE(c.send("POST /ask HTTP/1.1\r\nHost: a.example\r\nContent-Length: " +
                     std::to_string(inner.size()) + "\r\n\r\n" + inner + get("/after")));
  const auto answer = c.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "POST /ask   127.0.0.1");
  EXPECT_FALSE(c.answer());
}

TEST_F(HttpServerTest, KeepsTheConnectionWhereNoBodyIsAnnounced) {
  start();
  RawClient c = client();
  for (const char* body : {"", "Content-Length: 0\r\n"}) {
    ASSERT_TRUE(c.send("POST /ask HTTP/1.1\r\nHost: a.example\r\n" + std::string(body) + "\r\n"));
    ASSERT_TRUE(c.answer());
  }
  ASSERT_TRUE(
      c.send("POST /ask HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1\r\n"
             "Transfer-Encoding: chunked\r\n\r\n"));
  EXPECT_EQ(c.answer()->status, 400) << "R141 holds there, too";
}

}  // namespace
}  // namespace latchkey::server
