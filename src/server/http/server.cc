#include "server/http/server.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "server/http/peer_shares.h"
#include "server/http/worker_pool.h"
#include "server/listen/bound.h"
#include "server/loop.h"

namespace latchkey::server {
namespace {

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
      : peers(share_of_one(given), given.proxies),
        blocking(given.blocking_workers, given.blocking_queue),
        hashing(given.hashing_workers, given.hashing_queue, given.most_hashing_workers),
        shared{.limits = given.limits,
               .timeouts = given.timeouts,
               .max_connections = given.max_connections,
               .peers = peers,
               .blocking = blocking,
               .hashing = hashing} {}

  PeerShares peers;
  WorkerPool blocking;
  WorkerPool hashing;
  Shared shared;
  std::size_t routes = 0;
  std::vector<std::unique_ptr<RequestCounts>> counts;  // they outlive the loops
  std::vector<std::unique_ptr<Loop>> loops;
  std::vector<std::thread> threads;
  std::vector<ListenAddress> addresses;
  std::vector<std::unique_ptr<SocketFile>> files;
  Mutex mutex;
  Condition ended;
  std::size_t running LATCHKEY_GUARDED_BY(mutex) = 0;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() { stop(); }

Result<std::unique_ptr<HttpServer>> HttpServer::bind(HttpServerOptions options) {
  auto impl = std::make_unique<Impl>(options);
  const std::size_t threads =
      options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  for (std::size_t i = 0; i < threads; ++i) {
    auto& counts = impl->counts.emplace_back(std::make_unique<RequestCounts>());
    impl->loops.push_back(std::make_unique<Loop>(impl->shared, *counts));
  }
  const auto add = [&](Result<Bound> bound, const ListenAddress& asked) -> Result<void> {
    const std::string name = "cannot listen on " + listen_address_text(asked) + ": ";
    if (!bound) return Error{Errc::bad_config, name + bound.error().detail};
    for (std::size_t i = 0; i < threads; ++i) {
      if (!impl->loops[i]->listen(std::move(bound->sockets[i]))) {
        return Error{Errc::bad_config, name + "it is no socket that listens"};
      }
    }
    impl->addresses.push_back(std::move(bound->address));
    if (bound->file) impl->files.push_back(std::move(bound->file));
    return {};
  };
  for (const PassedSocket& passed : options.passed) {
    Result<void> added = add(adopt_socket(passed, threads), passed.address);
    if (!added) return added.error();
  }
  for (const ListenAddress& address : options.listen) {
    Result<void> added = add(bind_address(address, threads, options.socket), address);
    if (!added) return added.error();
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

const std::vector<ListenAddress>& HttpServer::addresses() const noexcept {
  return impl_->addresses;
}
std::uint16_t HttpServer::port() const noexcept {
  return impl_->addresses.empty() ? std::uint16_t{0} : impl_->addresses.front().port;
}
std::size_t HttpServer::open_connections() const noexcept { return impl_->shared.open.load(); }
HttpServer::Refused HttpServer::refused() const noexcept {
  return {impl_->shared.refused_full.load(), impl_->shared.refused_address.load()};
}

RequestTotals HttpServer::totals() const {
  RequestTotals totals(impl_->routes);
  for (const auto& counts : impl_->counts) counts->add_to(totals);
  return totals;
}

HttpServer::Loads HttpServer::loads() const {
  return {impl_->blocking.load(), impl_->hashing.load()};
}

void HttpServer::log_requests(bool wanted) noexcept {
  impl_->shared.log_requests.store(wanted, std::memory_order_relaxed);
}

void HttpServer::start(Handler& handler, SiteOptions site) {
  Impl& impl = *impl_;
  impl.shared.handler = &handler;
  impl.routes = handler.route_names().size();
  for (auto& counts : impl.counts) counts->set_routes(impl.routes);
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

void HttpServer::set_timeouts(const Timeouts& timeouts) {
  for (auto& loop : impl_->loops) loop->set_timeouts(timeouts);
}

void HttpServer::drain() {
  for (const auto& file : impl_->files) file->remove();
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
  for (const auto& file : impl_->files) file->remove();
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
