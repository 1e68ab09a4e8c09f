#include "server/http/server.h"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "server/http/peer_shares.h"
#include "server/http/worker_pool.h"
#include "server/loop.h"

namespace latchkey::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Endpoint = Loop::Endpoint;

Result<Endpoint> resolve(const std::string& host, std::uint16_t port) {
  error_code ec;
  const auto address = asio::ip::make_address(host, ec);
  if (!ec) return Endpoint{address, port};
  asio::io_context io;
  asio::ip::tcp::resolver resolver(io);
  const auto found = resolver.resolve(host, std::to_string(port), ec);
  if (ec || found.empty()) return Error{Errc::bad_config, "the name does not resolve"};
  return found.begin()->endpoint();
}

// With SO_REUSEPORT a second server of the same user would share the port without an error and
// take half of the requests; a socket without that option finds out.
Result<void> check_free(const Endpoint& endpoint) {
  asio::io_context io;
  asio::ip::tcp::acceptor probe(io);
  error_code ec;
  probe.open(endpoint.protocol(), ec);
  if (!ec) probe.set_option(asio::ip::tcp::acceptor::reuse_address(true), ec);
  if (!ec) probe.bind(endpoint, ec);
  if (ec) return Error{Errc::bad_config, ec.message()};
  return {};
}

// A quarter, and where that is little up to kEnough of three quarters: never all of them.
std::size_t share_of_one(const HttpServerOptions& options) {
  constexpr std::size_t kEnough = 32;
  if (options.max_connections_per_address != 0) return options.max_connections_per_address;
  const std::size_t quarter = options.max_connections / 4;
  return std::max(quarter, std::min(kEnough, options.max_connections - quarter));
}

}  // namespace

struct HttpServer::Impl {
  explicit Impl(const HttpServerOptions& given)
      : options(given),
        peers(share_of_one(given), given.proxies),
        blocking(given.blocking_workers, given.blocking_queue),
        hashing(given.hashing_workers, given.hashing_queue, given.most_hashing_workers),
        shared{.limits = given.limits,
               .timeouts = given.timeouts,
               .max_connections = given.max_connections,
               .peers = peers,
               .blocking = blocking,
               .hashing = hashing} {}

  HttpServerOptions options;
  PeerShares peers;
  WorkerPool blocking;
  WorkerPool hashing;
  Shared shared;
  std::vector<std::unique_ptr<Loop>> loops;
  std::vector<std::thread> threads;
  Endpoint endpoint;
  std::string host;
  Mutex mutex;
  Condition ended;
  std::size_t running LATCHKEY_GUARDED_BY(mutex) = 0;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() { stop(); }

Result<std::unique_ptr<HttpServer>> HttpServer::bind(const HttpServerOptions& options) {
  Result<Endpoint> endpoint = resolve(options.host, options.port);
  if (!endpoint) return endpoint.error();
  if (Result<void> free = check_free(*endpoint); !free) return free.error();

  auto impl = std::make_unique<Impl>(options);
  const std::size_t threads =
      options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  for (std::size_t i = 0; i < threads; ++i) {
    auto& loop = impl->loops.emplace_back(std::make_unique<Loop>(impl->shared));
    Result<Endpoint> bound = loop->listen(*endpoint);
    if (!bound) return bound.error();
    *endpoint = *bound;  // with port 0 the first one decides for all
  }
  impl->endpoint = *endpoint;
  impl->host = endpoint->address().to_string();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

std::uint16_t HttpServer::port() const noexcept { return impl_->endpoint.port(); }
const std::string& HttpServer::host() const noexcept { return impl_->host; }
std::size_t HttpServer::open_connections() const noexcept { return impl_->shared.open.load(); }
HttpServer::Refused HttpServer::refused() const noexcept {
  return {impl_->shared.refused_full.load(), impl_->shared.refused_address.load()};
}

void HttpServer::start(Handler& handler, SiteOptions site) {
  Impl& impl = *impl_;
  impl.shared.handler = &handler;
  impl.shared.site = std::move(site);
  {
    MutexLock lock(impl.mutex);
    impl.running = impl.loops.size();
  }
  for (auto& loop : impl.loops) {
    impl.threads.emplace_back([&impl, loop = loop.get()] {
      loop->run();
      MutexLock lock(impl.mutex);
      --impl.running;
      impl.ended.notify_all();
    });
  }
}

void HttpServer::drain() {
  for (auto& loop : impl_->loops) loop->drain();
}

bool HttpServer::wait(Millis at_most) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  MutexLock lock(impl_->mutex);
  while (impl_->running > 0) {
    const auto left = deadline - std::chrono::steady_clock::now();
    if (left <= left.zero()) return false;
    impl_->ended.wait_for(impl_->mutex, left);
  }
  return true;
}

void HttpServer::stop() {
  for (auto& loop : impl_->loops) loop->stop();
  for (std::thread& thread : impl_->threads) {
    if (thread.joinable()) thread.join();
  }
  // Workers use the connections' memory, so the loops go last.
  impl_->blocking.stop();
  impl_->hashing.stop();
  impl_->loops.clear();
}

}  // namespace latchkey::server
