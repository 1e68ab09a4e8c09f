#include <algorithm>

#include "latchkey/redis.h"
#include "store/forked_store.h"
#include "store/redis/preflight.h"
#include "store/redis/records/changes.h"
#include "store/redis/records/counters.h"
#include "store/redis/records/denials.h"
#include "store/redis/records/events.h"
#include "store/redis/records/meta.h"
#include "store/redis/records/one_time.h"
#include "store/redis/records/sessions.h"
#include "store/redis/records/users.h"
#include "store/redis/scan_store.h"
#include "store/redis/wire/client.h"

namespace latchkey {
namespace redis {
namespace {

Result<void> check_options(const RedisOptions& options) {
  constexpr std::size_t kMaxPrefix = 16;
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == ':' ||
           c == '.' || c == '_' || c == '-';
  };
  const char* wrong = nullptr;
  if (options.addresses.empty()) wrong = "needs an address";
  if (options.prefix.empty() || options.prefix.size() > kMaxPrefix ||
      !std::all_of(options.prefix.begin(), options.prefix.end(), plain)) {
    wrong = "a prefix is 1 to 16 of [A-Za-z0-9:._-]";
  }
  if (options.cluster && options.database != 0) wrong = "a cluster has only database 0";
  if (options.read_timeout <= Millis{0} || options.write_timeout <= Millis{0} ||
      options.connect_timeout <= Millis{0}) {
    wrong = "timeouts must be above 0";
  }
  if (wrong != nullptr) return Error{Errc::bad_config, std::string{"RedisOptions: "} + wrong};
  return {};
}

// In the order of dependence; destroyed from the end.
struct Parts {
  Parts(const RedisOptions& options, std::shared_ptr<TlsTrust> tls)
      : names(options.prefix, options.cluster),
        changes(names),
        client(options, std::move(tls), changes),
        engine(client, names, options) {}

  Keys names;
  Changes changes;
  Client client;
  Engine engine;
  RedisSessions sessions{engine, changes};
  RedisUsers users{engine};
  RedisDenials denials{engine};
  RedisCounters counters{engine};
  RedisOneTime one_time{engine};
  RedisEvents events{engine};
  RedisKeys keys{engine};
  RedisMeta meta{engine};
  RedisScan scan{engine};
};

}  // namespace
}  // namespace redis

Result<std::unique_ptr<Store>> open_redis(const RedisOptions& options) {
  if (Result<void> fine = redis::check_options(options); !fine) return fine.error();
  std::shared_ptr<redis::TlsTrust> tls;
  if (options.tls) {
    auto made = redis::TlsTrust::open(options.ca_file);
    if (!made) return made.error();
    tls = *std::move(made);
  }
  auto parts = make_fork_owned<redis::Parts>(options, std::move(tls));
  if (Result<StoreMeta> meta = parts->meta.open(options); !meta) return meta.error();
  if (Result<void> fine = redis::check_server(parts->engine, options.read_only); !fine) {
    return fine.error();
  }
  redis::warn_about_server(parts->engine);
  return std::unique_ptr<Store>(std::make_unique<ForkedStore<redis::Parts>>(std::move(parts)));
}

}  // namespace latchkey
