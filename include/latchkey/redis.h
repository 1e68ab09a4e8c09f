#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/result.h"
#include "latchkey/store.h"
#include "latchkey/time.h"

// Sessions in Redis or a Redis Cluster. Auth::open with a redis:// URL calls this.
//
//   auto store = latchkey::open_redis({.addresses = {{.host = "10.0.0.5"}}});
//   if (!store) return fail(store.error().detail);
namespace latchkey {

// RedisAddress is a host and port, or the path of a unix socket.
struct RedisAddress {
  std::string host{};
  std::uint16_t port = 6379;
  std::string path{};  // not empty: a unix socket
  friend bool operator==(const RedisAddress&, const RedisAddress&) = default;
};

struct RedisLogin {
  std::string user{};      // ACL user; empty: the default one
  std::string password{};  // empty: none is sent
};

struct RedisOptions {
  std::vector<RedisAddress> addresses{};  // a cluster takes several; any that answers will do
  bool cluster = false;
  bool tls = false;        // with verification of the certificate and its name
  std::string ca_file{};   // PEM; empty: what the system trusts
  std::string user{};      // ACL user; empty: the default one
  std::string password{};  // empty: none is sent
  // login_source, when there is one, is asked for each new connection: what it returns goes before
  // user and password. While it fails, those that it returned last are used.
  std::function<Result<RedisLogin>()> login_source{};
  std::uint32_t database = 0;  // a cluster has only 0
  std::string prefix = "lk:";  // of every key: 1 to 16 of [A-Za-z0-9:._-]

  bool create = true;                // make the instance marker when there is none
  bool read_only = false;            // nothing will be written: do not ask for the right to
  std::string expected_instance{};   // as in OpenStoreOptions
  std::optional<StoreMeta> adopt{};  // as in OpenStoreOptions
  Millis read_timeout = std::chrono::milliseconds{150};
  Millis write_timeout = std::chrono::seconds{2};
  Millis connect_timeout = std::chrono::seconds{2};
};

// parse_redis_url reads
//
//   redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE][?PARAMETERS]      rediss:// the same with TLS
//   redis+unix://[USER[:PASSWORD]@]/PATH/OF/SOCKET[?PARAMETERS]
//   redis+cluster://[USER[:PASSWORD]@]HOST[:PORT][,HOST[:PORT]...]     rediss+cluster:// with TLS
//
// PARAMETERS are db, prefix, ca_file and password_file; both files are read again for each new
// connection. Percent-encoding is understood everywhere.
// bad_config says what is wrong and never repeats the URL.
Result<RedisOptions> parse_redis_url(std::string_view url);

// open_redis connects to Redis 7.0 or later. Calls block; those of several threads share one
// connection, which is reopened when it is lost. How durable an acknowledged write is depends on
// the engine's settings: docs/formats/redis.md.
Result<std::unique_ptr<Store>> open_redis(const RedisOptions& options);

}  // namespace latchkey
