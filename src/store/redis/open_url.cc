#include "latchkey/redis.h"
#include "store/engine.h"
#include "store/redis/wire/errors.h"

extern "C" {
extern const char latchkey_engine_redis;  // src/store/engine.h says what for
const char latchkey_engine_redis = 0;
}

namespace latchkey {
namespace {

Result<std::unique_ptr<Store>> open_redis_url(const StoreUrl& url,
                                              const OpenStoreOptions& options) {
  Result<RedisOptions> read = parse_redis_url(url.url);
  if (!read) return read.error();
  if (options.url_source) {
    read->login_source = [source = options.url_source]() -> Result<RedisLogin> {
      const Result<std::string> now = source();
      if (!now) return now.error();
      Result<RedisOptions> parsed = parse_redis_url(*now);
      if (!parsed) return parsed.error();
      return RedisLogin{std::move(parsed->user), std::move(parsed->password)};
    };
  }
  read->create = options.create;
  read->read_only = options.read_only;
  read->expected_instance = options.expected_instance;
  read->adopt = options.adopt;
  read->read_timeout = options.read_timeout;
  read->write_timeout = options.write_timeout;
  return open_redis(*read);
}

constexpr store::Engine kRedisEngines[] = {{"redis", open_redis_url},
                                           {"rediss", open_redis_url},
                                           {"redis+unix", open_redis_url},
                                           {"redis+cluster", open_redis_url},
                                           {"rediss+cluster", open_redis_url}};
const store::EngineEntry redis_entry{kRedisEngines, redis::is_refusal};

}  // namespace
}  // namespace latchkey
