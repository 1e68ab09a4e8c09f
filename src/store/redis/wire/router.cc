#include "store/redis/wire/router.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace latchkey::redis {

namespace asio = boost::asio;

Router::Router(asio::io_context& io, const RedisOptions& options, std::shared_ptr<TlsTrust> tls,
               ConnectionEvents& events)
    : io_(io), options_(options), tls_(std::move(tls)), events_(events) {
  const MutexLock lock(mutex_);
  if (!options_.cluster) connect(options_.addresses.front());
}

ConnectionPtr Router::connect(const RedisAddress& address) {
  for (const ConnectionPtr& connection : connections_) {
    if (connection->address() == address) return connection;
  }
  auto made =
      std::make_shared<Connection>(io_,
                                   ConnectionOptions{.address = address,
                                                     .login = {options_.user, options_.password},
                                                     .login_source = options_.login_source,
                                                     .database = options_.database,
                                                     .cluster = options_.cluster,
                                                     .tls = tls_,
                                                     .connect_timeout = options_.connect_timeout},
                                   events_);
  asio::post(io_, [made] { made->start(); });
  connections_.push_back(made);
  return made;
}

ConnectionPtr Router::of(std::uint16_t slot) {
  const MutexLock lock(mutex_);
  if (!options_.cluster) return connections_.front();
  const RedisAddress* owner = map_ ? map_->owner(slot) : nullptr;
  return owner != nullptr ? connect(*owner) : nullptr;
}

ConnectionPtr Router::at(const RedisAddress& address) {
  const MutexLock lock(mutex_);
  return connect(address);
}

std::vector<RedisAddress> Router::informants() {
  const MutexLock lock(mutex_);
  std::vector<RedisAddress> all;
  if (map_) all = map_->nodes();
  for (const RedisAddress& seed : options_.addresses) {
    if (std::find(all.begin(), all.end(), seed) == all.end()) all.push_back(seed);
  }
  return all;
}

void Router::adopt(const SlotMap& map) {
  std::vector<ConnectionPtr> gone;
  {
    const MutexLock lock(mutex_);
    const bool changed = map_ && !(*map_ == map);
    map_ = std::make_unique<SlotMap>(map);
    const auto& nodes = map.nodes();
    const auto kept = std::stable_partition(
        connections_.begin(), connections_.end(), [&](const ConnectionPtr& connection) {
          return std::find(nodes.begin(), nodes.end(), connection->address()) != nodes.end();
        });
    gone.assign(kept, connections_.end());
    connections_.erase(kept, connections_.end());
    if (!changed && gone.empty()) return;
  }
  // What was read from nodes of before is watched by nobody now.
  asio::post(io_, [this, gone = std::move(gone)] {
    for (const ConnectionPtr& connection : gone) connection->close();
    events_.on_lost();
  });
}

void Router::move(const Redirect& redirect) {
  {
    const MutexLock lock(mutex_);
    if (!map_) return;
    map_->set_owner(redirect.slot, redirect.address);
  }
  asio::post(io_, [this] { events_.on_lost(); });
}

std::vector<std::uint16_t> Router::primaries() {
  std::vector<std::uint16_t> first;
  for (const auto& slots : slots_by_primary()) first.push_back(slots.front());
  return first;
}

std::vector<std::vector<std::uint16_t>> Router::slots_by_primary() {
  const MutexLock lock(mutex_);
  if (!options_.cluster) return {{0}};
  return map_ ? map_->slots_by_node() : std::vector<std::vector<std::uint16_t>>{};
}

WatchStatus Router::status() {
  const MutexLock lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  WatchStatus status{.up = !connections_.empty()};
  for (const ConnectionPtr& connection : connections_) {
    const auto ago = std::chrono::duration_cast<Millis>(now - connection->heard_at());
    status.up = status.up && connection->up();
    status.heard_ago = std::max(status.heard_ago, ago);
    status.lag = std::max(status.lag, connection->lag());
  }
  return status;
}

void Router::close() {
  std::vector<ConnectionPtr> all;
  {
    const MutexLock lock(mutex_);
    all = connections_;
  }
  for (const ConnectionPtr& connection : all) connection->close();
}

}  // namespace latchkey::redis
