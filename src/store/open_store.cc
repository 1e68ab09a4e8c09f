#include "latchkey/open_store.h"

#include <algorithm>
#include <array>

#include "latchkey/memory.h"
#include "latchkey/postgres.h"
#include "latchkey/redis.h"
#include "latchkey/sqlite.h"
#include "store/store_url.h"

namespace latchkey {
namespace {

using Opened = Result<std::unique_ptr<Store>>;

Opened open_file(const StoreUrl& url, const OpenStoreOptions& options) {
  return open_sqlite({.path = std::string{url.rest()},
                      .create = options.create,
                      .expected_instance = options.expected_instance,
                      .adopt = options.adopt,
                      .busy_timeout = options.write_timeout,
                      .read_timeout = options.read_timeout,
                      .watch_every = options.watch_every});
}

Opened open_memory_url(const StoreUrl& url, const OpenStoreOptions& options) {
  if (!url.rest().empty()) return Error{Errc::bad_config, "memory: takes no path"};
  if (!options.create || !options.expected_instance.empty()) {
    return Error{Errc::store_mismatch, "a store in memory is always a new one"};
  }
  if (options.adopt) return make_memory_store(*options.adopt);
  return make_memory_store();
}

Opened open_postgres_url(const StoreUrl& url, const OpenStoreOptions& options) {
  return open_postgres({.url = url.url,
                        .create = options.create,
                        .expected_instance = options.expected_instance,
                        .adopt = options.adopt,
                        .read_timeout = options.read_timeout,
                        .write_timeout = options.write_timeout,
                        .watch_every = options.watch_every});
}

Opened open_redis_url(const StoreUrl& url, const OpenStoreOptions& options) {
  Result<RedisOptions> read = parse_redis_url(url.url);
  if (!read) return read.error();
  read->create = options.create;
  read->expected_instance = options.expected_instance;
  read->adopt = options.adopt;
  read->read_timeout = options.read_timeout;
  read->write_timeout = options.write_timeout;
  return open_redis(*read);
}

// One line for each scheme of parse_store_url.
struct Engine {
  std::string_view scheme;
  Opened (*open)(const StoreUrl& url, const OpenStoreOptions& options);
};
constexpr std::array kEngines{
    Engine{"memory", open_memory_url},        Engine{"postgres", open_postgres_url},
    Engine{"postgresql", open_postgres_url},  Engine{"sqlite", open_file},
    Engine{"redis", open_redis_url},          Engine{"rediss", open_redis_url},
    Engine{"redis+unix", open_redis_url},     Engine{"redis+cluster", open_redis_url},
    Engine{"rediss+cluster", open_redis_url},
};

}  // namespace

Result<std::unique_ptr<Store>> open_store(std::string_view url, const OpenStoreOptions& options) {
  const Result<StoreUrl> parsed = parse_store_url(url);
  if (!parsed) return parsed.error();
  const auto* engine = std::find_if(kEngines.begin(), kEngines.end(), [&](const Engine& one) {
    return one.scheme == parsed->scheme;
  });
  if (engine == kEngines.end()) return Error{Errc::bad_config, "this program lacks that engine"};
  return engine->open(*parsed, options);
}

}  // namespace latchkey
