#pragma once

#include <gtest/gtest.h>

#include <semaphore>
#include <string>
#include <thread>

#include "server/http/server.h"
#include "tests/support/raw_client.h"

// A server on a port of its own whose handler does as it is told, for the tests of server.h.
namespace latchkey::server {

using testing::RawAnswer;
using testing::RawClient;

inline constexpr std::size_t kBigBytes = std::size_t{24} << 20;

// Answers with what it was asked. /work runs on a worker; /wait too, and stays there until
// released.
inline constexpr Millis kHold{300};

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

inline std::string get(const std::string& path, const std::string& fields = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: a.example\r\n" + fields + "\r\n";
}
inline std::string post(const std::string& path, const std::string& body) {
  return "POST " + path +
         " HTTP/1.1\r\nHost: a.example\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

}  // namespace latchkey::server
