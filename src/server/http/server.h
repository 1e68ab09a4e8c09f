#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "latchkey/client_address.h"
#include "latchkey/result.h"
#include "server/http/handler.h"
#include "server/http/limits.h"
#include "server/http/worker_pool.h"
#include "server/listen/address.h"
#include "server/listen/passed.h"
#include "server/listen/socket_file.h"
#include "server/metrics/request_counts.h"

namespace latchkey::server {

struct HttpServerOptions {
  std::vector<ListenAddress> listen{ListenAddress{}};
  std::vector<PassedSocket> passed{};  // these, too
  SocketRights socket{};               // of unix sockets in `listen`
  std::size_t threads = 0;             // event loops; 0: one for each processor
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
  // bind takes the addresses and starts nothing. Fails with bad_config when one is wrong or taken,
  // and names it.
  static Result<std::unique_ptr<HttpServer>> bind(HttpServerOptions options);
  ~HttpServer();  // stop()

  // addresses are those really bound: first the passed ones, then in the order of `listen`.
  const std::vector<ListenAddress>& addresses() const noexcept;
  std::uint16_t port() const noexcept;  // of the first

  // start begins to accept on threads of its own. `handler` must outlive this.
  void start(Handler& handler, SiteOptions site = {});
  // set_timeouts holds for what begins from then on.
  void set_timeouts(const Timeouts& timeouts);
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
  // totals are the answers by route, as the handler names them.
  RequestTotals totals() const;
  struct Loads {
    WorkerPool::Load blocking{};
    WorkerPool::Load hashing{};
  };
  Loads loads() const;
  // log_requests says whether each answer is an event `request` in the log.
  void log_requests(bool wanted) noexcept;

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey::server
