#include <algorithm>

#include "latchkey/redis.h"
#include "store/redis/changes.h"
#include "store/redis/client.h"
#include "store/redis/denials.h"
#include "store/redis/meta.h"
#include "store/redis/scan_store.h"
#include "store/redis/sessions.h"
#include "store/redis/users.h"

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

class RedisStore final : public Store {
 public:
  RedisStore(const RedisOptions& options, std::shared_ptr<boost::asio::ssl::context> tls)
      : keys_(options.prefix, options.cluster),
        changes_(keys_),
        client_(options, std::move(tls), changes_),
        engine_(client_, keys_, options) {}

  Result<StoreMeta> open(const RedisOptions& options) { return meta_.open(options); }

  SessionStore& sessions() override { return sessions_; }
  EpochStore& epochs() override { return users_; }
  UserStore& users() override { return users_; }
  DenyStore& denials() override { return denials_; }
  KeyStore& keys() override { return ring_; }
  MetaStore& meta() override { return meta_; }
  ScanStore* scan() override { return &scan_; }

 private:
  Keys keys_;
  Changes changes_;
  Client client_;
  Engine engine_;
  RedisSessions sessions_{engine_, changes_};
  RedisUsers users_{engine_};
  RedisDenials denials_{engine_};
  RedisKeys ring_{engine_};
  RedisMeta meta_{engine_};
  RedisScan scan_{engine_};
};

}  // namespace
}  // namespace redis

Result<std::unique_ptr<Store>> open_redis(const RedisOptions& options) {
  if (Result<void> fine = redis::check_options(options); !fine) return fine.error();
  std::shared_ptr<boost::asio::ssl::context> tls;
  if (options.tls) {
    auto made = redis::make_tls_context(options.ca_file);
    if (!made) return made.error();
    tls = std::move(*made);
  }
  auto store = std::make_unique<redis::RedisStore>(options, std::move(tls));
  if (Result<StoreMeta> meta = store->open(options); !meta) return meta.error();
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace latchkey
