#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <vector>

#include "base/mutex.h"
#include "store/redis/wire/connection.h"
#include "store/redis/wire/slot_map.h"

namespace latchkey::redis {

// Router knows the connection each slot is reached by: the only one, or in a cluster that of the
// slot's primary. Thread-safe.
class Router {
 public:
  Router(boost::asio::io_context& io, const RedisOptions& options, std::shared_ptr<TlsTrust> tls,
         ConnectionEvents& events);

  bool cluster() const noexcept { return options_.cluster; }
  // of returns nullptr when nobody is known to serve `slot`.
  ConnectionPtr of(std::uint16_t slot) LATCHKEY_EXCLUDES(mutex_);
  ConnectionPtr at(const RedisAddress& address) LATCHKEY_EXCLUDES(mutex_);
  // informants returns whom to ask for the map: the nodes of the map, then the seeds.
  std::vector<RedisAddress> informants() LATCHKEY_EXCLUDES(mutex_);
  // adopt makes `map` the one in force, and ends connections to nodes it does not know.
  void adopt(const SlotMap& map) LATCHKEY_EXCLUDES(mutex_);
  void move(const Redirect& redirect) LATCHKEY_EXCLUDES(mutex_);
  std::vector<std::uint16_t> primaries() LATCHKEY_EXCLUDES(mutex_);
  std::vector<std::vector<std::uint16_t>> slots_by_primary() LATCHKEY_EXCLUDES(mutex_);
  // status tells of the connection that is worst off.
  WatchStatus status() LATCHKEY_EXCLUDES(mutex_);
  // close ends every connection, on the thread of the io_context.
  void close() LATCHKEY_EXCLUDES(mutex_);

 private:
  ConnectionPtr connect(const RedisAddress& address) LATCHKEY_REQUIRES(mutex_);

  boost::asio::io_context& io_;
  const RedisOptions options_;
  const std::shared_ptr<TlsTrust> tls_;
  ConnectionEvents& events_;
  Mutex mutex_;
  std::vector<ConnectionPtr> connections_ LATCHKEY_GUARDED_BY(mutex_);
  std::unique_ptr<SlotMap> map_ LATCHKEY_GUARDED_BY(mutex_);
};

}  // namespace latchkey::redis
