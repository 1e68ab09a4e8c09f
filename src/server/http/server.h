#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "latchkey/client_address.h"
#include "latchkey/result.h"
#include "server/http/handler.h"
#include "server/http/limits.h"

namespace latchkey::server {

struct HttpServerOptions {
  std::string host = "127.0.0.1";  // an address, or a name that resolves to one
  std::uint16_t port = 0;          // 0: any free one
  std::size_t threads = 0;         // event loops; 0: one for each processor
  std::size_t max_connections = 10000;
  // Of one IPv4 address or IPv6 /64; 0: a quarter of max_connections, or 32 of few.
  std::size_t max_connections_per_address = 0;
  guard::TrustedProxies proxies{};  // these may hold any number
  std::size_t blocking_workers = 16;
  std::size_t blocking_queue = 1024;
  std::size_t hashing_workers = 1;
  std::size_t hashing_queue = 64;
  std::size_t most_hashing_workers = 0;  // at least hashing_workers; more for those that wait
  ParserLimits limits{};
  Timeouts timeouts{};
};

// HttpServer listens and answers with a Handler. bind, then start, then wait or stop.
class HttpServer {
 public:
  // bind takes the port and starts nothing. Fails with bad_config when the address is wrong or
  // taken.
  static Result<std::unique_ptr<HttpServer>> bind(const HttpServerOptions& options);
  ~HttpServer();  // stop()

  std::uint16_t port() const noexcept;
  const std::string& host() const noexcept;  // the address bound

  // start begins to accept on threads of its own. `handler` must outlive this.
  void start(Handler& handler, SiteOptions site = {});
  // drain stops accepting; requests under way are answered, idle connections closed.
  void drain();
  // wait returns true once all connections have ended after drain, false after `at_most`.
  bool wait(Millis at_most);
  // stop ends everything now.
  void stop();
  std::size_t open_connections() const noexcept;
  // Refused counts connections that were closed because there were too many.
  struct Refused {
    std::uint64_t full = 0;     // of all addresses together
    std::uint64_t address = 0;  // of one address
  };
  Refused refused() const noexcept;

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey::server
