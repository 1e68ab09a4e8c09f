#include "stores.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>

#include "base/mutex.h"
#include "latchkey/lookup.h"
#include "latchkey/memory.h"
#include "latchkey/near_cache.h"
#include "latchkey/postgres.h"
#include "latchkey/redis.h"
#include "latchkey/sqlite.h"
#include "postgres/libpq.h"

namespace latchkey::node {
namespace {

using Clock = std::chrono::steady_clock;
using Opened = Result<std::unique_ptr<Store>>;

constexpr auto kPauseAfterFailure = std::chrono::seconds{1};

// RemoteStore is an engine behind a network with what stands before it.
struct RemoteStore {
  explicit RemoteStore(std::unique_ptr<Store> opened)
      : engine(std::move(opened)),
        lookup(make_lookup(*engine)),
        cache(make_near_cache(*lookup, {})) {}
  std::unique_ptr<Store> engine;
  std::unique_ptr<Lookup> lookup;
  std::unique_ptr<NearCache> cache;
};

// Entry is one store. `opening` is held while it is opened: who asks meanwhile waits for the same
// outcome.
struct Entry {
  std::mutex opening;
  std::weak_ptr<Store> store;
  Error failure{Errc::store_unavailable, {}};
  Clock::time_point next_attempt{};
};

struct Stores {
  Mutex mutex;
  std::map<std::string, std::shared_ptr<Entry>> entries LATCHKEY_GUARDED_BY(mutex);
  std::map<std::string, std::shared_ptr<Store>> kept LATCHKEY_GUARDED_BY(mutex);
  std::map<std::string, StoreUrl, std::less<>> read LATCHKEY_GUARDED_BY(mutex);
};

// Never destroyed: threads of Node may outlive the static objects of a library.
Stores& stores() {
  static auto* the = new Stores;
  return *the;
}

Opened open_engine(const StoreUrl& store) {
  if (store.scheme.starts_with("redis")) {
    Result<RedisOptions> options = parse_redis_url(store.url);
    return options ? open_redis(*options) : options.error();
  }
  if (const std::string problem = load_libpq(); !problem.empty()) {
    return Error{Errc::bad_config, problem};
  }
  return open_postgres({.url = store.url});
}

Result<std::shared_ptr<Store>> open_any(const StoreUrl& store) {
  if (store.remote) {
    Opened engine = open_engine(store);
    if (!engine) return engine.error();
    auto layers = std::make_shared<RemoteStore>(*std::move(engine));
    return std::shared_ptr<Store>(layers, layers->cache.get());
  }
  Opened made =
      store.scheme == "memory"
          ? Opened(make_memory_store())
          : open_sqlite({.path = canonical_path(std::string(store.rest())), .refuse_shared = true});
  if (!made) return made.error();
  return std::shared_ptr<Store>(*std::move(made));
}

std::shared_ptr<Entry> entry_of(const StoreUrl& store) {
  const bool file = store.scheme == "sqlite";
  const std::string name = file ? "sqlite:" + canonical_path(std::string(store.rest())) : store.url;
  Stores& all = stores();
  const MutexLock lock(all.mutex);
  std::shared_ptr<Entry>& entry = all.entries[name];
  if (!entry) entry = std::make_shared<Entry>();
  return entry;
}

}  // namespace

std::string canonical_path(const std::string& path) {
  std::error_code failed;
  const auto found = std::filesystem::weakly_canonical(path, failed);
  return failed ? path : found.string();
}

// A program names few stores, some of them with every call.
Result<StoreUrl> read_store(std::string_view text) {
  constexpr std::size_t kKnown = 64;
  Stores& all = stores();
  {
    const MutexLock lock(all.mutex);
    if (const auto found = all.read.find(text); found != all.read.end()) return found->second;
  }
  Result<StoreUrl> store = parse_store_url(text);
  if (!store) return Error{store.error().code, "store: " + store.error().detail};
  const MutexLock lock(all.mutex);
  if (all.read.size() < kKnown) all.read.emplace(text, *store);
  return store;
}

Lane& lane_of(const StoreUrl& store) { return store.remote ? store_lane(store.url) : local_lane(); }

Result<std::shared_ptr<Store>> find_store(const StoreUrl& wanted) {
  const std::shared_ptr<Entry> entry = entry_of(wanted);
  const std::lock_guard lock(entry->opening);
  if (std::shared_ptr<Store> store = entry->store.lock()) return store;
  // An engine that is away is not dialled by every request that comes in meanwhile.
  if (wanted.remote && Clock::now() < entry->next_attempt) return entry->failure;
  Result<std::shared_ptr<Store>> opened = open_any(wanted);
  if (opened) {
    entry->store = *opened;
  } else {
    entry->failure = opened.error();
    entry->next_attempt = Clock::now() + kPauseAfterFailure;
  }
  return opened;
}

std::shared_ptr<Store> kept_store(const StoreUrl& wanted) {
  Stores& all = stores();
  const MutexLock lock(all.mutex);
  const auto found = all.kept.find(wanted.url);
  return found == all.kept.end() ? nullptr : found->second;
}

Result<std::shared_ptr<Store>> keep_store(const StoreUrl& wanted) {
  if (std::shared_ptr<Store> kept = kept_store(wanted)) return kept;
  Result<std::shared_ptr<Store>> store = find_store(wanted);
  if (!store) return store;
  Stores& all = stores();
  const MutexLock lock(all.mutex);
  return all.kept.emplace(wanted.url, *store).first->second;
}

void forget_kept_stores() {
  std::map<std::string, std::shared_ptr<Store>> ended;  // dies behind the lock
  Stores& all = stores();
  const MutexLock lock(all.mutex);
  ended.swap(all.kept);
}

}  // namespace latchkey::node
