#include "registry.h"

#include <chrono>
#include <filesystem>
#include <map>

#include "base/mutex.h"
#include "latchkey/memory.h"
#include "latchkey/sqlite.h"

namespace latchkey::node {
namespace {

constexpr std::int64_t kNoTime = INT64_MIN;
thread_local std::int64_t t_now = kNoTime;

struct Registry {
  Mutex mutex;
  std::map<std::string, std::shared_ptr<OpenSessions>> open LATCHKEY_GUARDED_BY(mutex);
  std::map<std::string, std::weak_ptr<Store>> stores LATCHKEY_GUARDED_BY(mutex);
  std::map<std::string, std::shared_ptr<Store>> kept LATCHKEY_GUARDED_BY(mutex);
  std::map<std::string, std::shared_ptr<sqlite::LuciaTables>> lucia LATCHKEY_GUARDED_BY(mutex);
  int environments LATCHKEY_GUARDED_BY(mutex) = 0;
};

// Never destroyed: threads of Node may outlive the static objects of a library.
Registry& registry() {
  static auto* the = new Registry;
  return *the;
}

// Two spellings of one path are one store.
std::string canonical(const std::string& path) {
  std::error_code failed;
  const auto found = std::filesystem::weakly_canonical(path, failed);
  return failed ? path : found.string();
}

Result<std::unique_ptr<Store>> make_store(const std::string& url) {
  if (url.starts_with("memory:")) return make_memory_store();
  if (url.starts_with("sqlite:") && url.size() > 7) {
    SqliteOptions options;
    options.path = canonical(url.substr(7));
    options.refuse_shared = true;
    return open_sqlite(options);
  }
  return Error{Errc::bad_config, "the store must be sqlite:PATH or memory:NAME"};
}

Result<std::shared_ptr<Store>> find_store(Registry& all, const std::string& url)
    LATCHKEY_REQUIRES(all.mutex) {
  const bool sqlite = url.starts_with("sqlite:");
  const std::string name = sqlite ? "sqlite:" + canonical(url.substr(7)) : url;
  std::weak_ptr<Store>& known = all.stores[name];
  if (std::shared_ptr<Store> store = known.lock()) return store;
  Result<std::unique_ptr<Store>> made = make_store(url);
  if (!made) return made.error();
  std::shared_ptr<Store> store = *std::move(made);
  known = store;
  return store;
}

}  // namespace

UnixTime CallClock::now() const noexcept {
  return t_now == kNoTime ? system_clock().now() : from_unix_millis(t_now);
}
CallClock::At::At(double unix_millis) noexcept : before_(t_now) {
  t_now = static_cast<std::int64_t>(unix_millis);
}
CallClock::At::~At() { t_now = before_; }

const CallClock& call_clock() noexcept {
  static const CallClock clock;
  return clock;
}

Result<Accounts*> OpenSessions::accounts() {
  const std::lock_guard lock(making_);
  if (!accounts_) {
    auto made = Accounts::make(*store, *sessions, {});
    if (!made) return made.error();
    accounts_ = *std::move(made);
  }
  return accounts_.get();
}

Result<std::shared_ptr<OpenSessions>> open_sessions(OpenRequest request) {
  Registry& all = registry();
  MutexLock lock(all.mutex);
  if (auto found = all.open.find(request.key); found != all.open.end()) return found->second;
  Result<std::shared_ptr<Store>> store = find_store(all, request.store);
  if (!store) return store.error();
  auto opened = std::make_shared<OpenSessions>();
  opened->store = *store;
  request.sessions.clock = &call_clock();
  auto sessions = Sessions::open(**store, std::move(request.sessions));
  if (!sessions) return sessions.error();
  opened->sessions = *std::move(sessions);
  all.open.emplace(request.key, opened);
  return opened;
}

void close_sessions(const std::string& key) {
  std::shared_ptr<OpenSessions> ended;  // dies behind the lock
  Registry& all = registry();
  MutexLock lock(all.mutex);
  if (auto found = all.open.find(key); found != all.open.end()) {
    ended = std::move(found->second);
    all.open.erase(found);
  }
}

Result<std::shared_ptr<Store>> keep_store(const std::string& url) {
  Registry& all = registry();
  MutexLock lock(all.mutex);
  if (auto found = all.kept.find(url); found != all.kept.end()) return found->second;
  Result<std::shared_ptr<Store>> store = find_store(all, url);
  if (store) all.kept.emplace(url, *store);
  return store;
}

Result<std::shared_ptr<sqlite::LuciaTables>> open_lucia(sqlite::LuciaOptions options) {
  options.path = canonical(options.path);
  const std::string key = options.path + '\0' + options.session_table + '\0' + options.user_table +
                          '\0' + (options.hashed_ids ? "hashed" : "plain");
  Registry& all = registry();
  MutexLock lock(all.mutex);
  if (auto found = all.lucia.find(key); found != all.lucia.end()) return found->second;
  auto opened = sqlite::LuciaTables::open(options);
  if (!opened) return opened.error();
  std::shared_ptr<sqlite::LuciaTables> tables = *std::move(opened);
  all.lucia.emplace(key, tables);
  return tables;
}

void close_lucia(const std::shared_ptr<sqlite::LuciaTables>& tables) {
  Registry& all = registry();
  MutexLock lock(all.mutex);
  std::erase_if(all.lucia, [&](const auto& entry) { return entry.second == tables; });
}

void environment_started() {
  Registry& all = registry();
  MutexLock lock(all.mutex);
  ++all.environments;
}

void environment_ended() {
  std::map<std::string, std::shared_ptr<OpenSessions>> ended;
  std::map<std::string, std::shared_ptr<Store>> kept;
  std::map<std::string, std::shared_ptr<sqlite::LuciaTables>> ended_lucia;
  Registry& all = registry();
  MutexLock lock(all.mutex);
  if (--all.environments > 0) return;
  ended.swap(all.open);
  kept.swap(all.kept);
  ended_lucia.swap(all.lucia);
}

}  // namespace latchkey::node
