#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "server/http/server_test_support.h"

namespace latchkey::server {
namespace {

// Many clients, slow clients and the end: what a server of HTTP may be asked to bear.
class HttpServerLimits : public HttpServerTest {};

TEST_F(HttpServerLimits, M7OneAddressCannotHoldAllConnections) {
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

TEST_F(HttpServerLimits, M7AnAddressGetsAQuarterUnlessItIsSaidOtherwise) {
  start({.max_connections = 200});
  std::vector<RawClient> held;
  for (int i = 0; i < 50; ++i) held.push_back(client());
  wait_for_connections(50);
  EXPECT_EQ(client().answer()->status, 429);
}

TEST_F(HttpServerLimits, M7ATrustedProxyMayHoldAllConnections) {
  auto proxies = guard::TrustedProxies::parse(std::vector<std::string>{"127.0.0.1"});
  ASSERT_TRUE(proxies);
  start({.max_connections = 20, .max_connections_per_address = 5, .proxies = *proxies});
  std::vector<RawClient> held;
  for (int i = 0; i < 20; ++i) held.push_back(client());
  wait_for_connections(20);
  EXPECT_EQ(client().answer()->status, 503) << "more than all are too many for a proxy, too";
  EXPECT_EQ(server->refused().full, 1U);
}

TEST_F(HttpServerLimits, GoesOnServingWhileWorkersAreBusyAndRefusesWhatDoesNotFit) {
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

TEST_F(HttpServerLimits, SurvivesClientsThatLeaveWhileAWorkerIsBusy) {
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

TEST_F(HttpServerLimits, HoldsAnAnswerBackAndServesOthersMeanwhile) {
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

TEST_F(HttpServerLimits, SurvivesAClientThatLeavesWhileItsAnswerIsHeld) {
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

TEST_F(HttpServerLimits, DeliversALargeAnswerToASlowReader) {
  start();
  RawClient c = client();
  ASSERT_TRUE(c.send(get("/big") + get("/a")));
  RawClient other = client();
  ASSERT_TRUE(other.send(get("/a")));
  EXPECT_EQ(other.answer()->status, 200);
  EXPECT_EQ(c.answer()->body.size(), kBigBytes);
  EXPECT_EQ(c.answer()->status, 200);
}

TEST_F(HttpServerLimits, R144EndsSlowHeadsAndBodiesWith408) {
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

TEST_F(HttpServerLimits, R144CountsTheHeadFromItsFirstByte) {
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

TEST_F(HttpServerLimits, ClosesIdleConnectionsWithoutAWord) {
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

TEST_F(HttpServerLimits, DropsAClientThatTakesNoAnswer) {
  HttpServerOptions options;
  options.timeouts.write = Millis{300};
  start(std::move(options));
  RawClient c = client();
  ASSERT_TRUE(c.send(get("/big")));
  wait_for_connections(1);
  wait_for_connections(0);
}

TEST_F(HttpServerLimits, R145AnswersConnectionsBeyondTheLimitWith503) {
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

TEST_F(HttpServerLimits, DrainsAnsweringWhatIsUnderWay) {
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

TEST_F(HttpServerLimits, StopsWithConnectionsOpenAndWorkersBusy) {
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

}  // namespace
}  // namespace latchkey::server
