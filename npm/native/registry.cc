#include "registry.h"

#include <map>

#include "auth/auth_parts.h"
#include "base/mutex.h"
#include "batched_calls.h"
#include "session/activity.h"
#include "stores.h"

namespace latchkey::node {
namespace {

constexpr std::int64_t kNoTime = INT64_MIN;
thread_local std::int64_t t_now = kNoTime;

struct Registry {
  Mutex mutex;
  std::map<std::string, std::shared_ptr<OpenSessions>> open LATCHKEY_GUARDED_BY(mutex);
  std::map<std::string, std::shared_ptr<sqlite::LuciaTables>> lucia LATCHKEY_GUARDED_BY(mutex);
  int environments LATCHKEY_GUARDED_BY(mutex) = 0;
};

// Never destroyed: threads of Node may outlive the static objects of a library.
Registry& registry() {
  static auto* the = new Registry;
  return *the;
}

}  // namespace

UnixTime CallClock::now() const noexcept {
  return t_now == kNoTime ? system_clock().now() : from_unix_millis(t_now);
}
CallClock::At::At(UnixTime now) noexcept : before_(t_now) { t_now = to_unix_millis(now); }
CallClock::At::~At() { t_now = before_; }

// Never destroyed: threads read it while the process exits.
const CallClock& call_clock() noexcept {
  static const auto* const clock = new CallClock;
  return *clock;
}

OpenSessions::OpenSessions(OpenRequest request, session::SessionCookies cookies)
    : request_(std::move(request)),
      cookies_(std::move(cookies)),
      lane_(lane_of(request_.store)),
      checks_(lane_, check_answers(*this)),
      creations_(lane_, create_answers(*this)) {}

Result<Sessions*> OpenSessions::sessions(Wait wait) {
  if (Sessions* ready = ready_.load(std::memory_order_acquire)) return ready;
  if (remote() && wait == Wait::never) return would_wait();
  const std::lock_guard lock(making_);
  if (Sessions* ready = ready_.load(std::memory_order_acquire)) return ready;
  Result<std::shared_ptr<Store>> store = find_store(request_.store);
  if (!store) return store.error();
  SessionsOptions options = request_.sessions;
  options.clock = &call_clock();
  auto events = std::make_unique<EventLog>((*store)->events(),
                                           EventLogOptions{.retention = request_.event_retention,
                                                           .prune_every = std::chrono::minutes{1},
                                                           .clock = &call_clock()});
  options.events = events.get();
  auto sessions = Sessions::open(**store, std::move(options));
  if (!sessions) return sessions.error();
  store_ = *std::move(store);
  events_ = std::move(events);
  Sessions* const made = sessions->get();
  if (Result<void> done = make_auth(*std::move(sessions)); !done) {
    return done.error();
  }
  ready_.store(made, std::memory_order_release);
  return made;
}

Result<void> OpenSessions::make_auth(std::unique_ptr<Sessions> sessions) {
  if (request_.public_url.empty()) {
    sessions_ = std::move(sessions);
    return {};
  }
  AuthOptions deciding;
  deciding.public_url = request_.public_url;
  deciding.policy = request_.sessions.policy;
  deciding.carrier = request_.sessions.carrier;
  deciding.clock = &call_clock();
  deciding.device_binding = request_.device_binding;
  auto auth = AuthParts::assemble(*store_, std::move(sessions), std::move(deciding));
  if (!auth) return auth.error();
  auth_ = *std::move(auth);
  return {};
}

Result<Auth*> OpenSessions::auth(Wait wait) {
  if (request_.public_url.empty()) {
    return Error{Errc::bad_config, "publicUrl: say which address browsers use"};
  }
  const Result<Sessions*> open = sessions(wait);
  if (!open) return open.error();
  return auth_.get();
}

Result<Accounts*> OpenSessions::accounts() {
  const Result<Sessions*> open = sessions();
  if (!open) return open.error();
  const std::lock_guard lock(making_);
  if (!accounts_) {
    auto made = Accounts::open(*store_, **open, {});
    if (!made) return made.error();
    if (auth_) {
      accounts_ = &AuthParts::give(*auth_, *std::move(made));
    } else {
      own_accounts_ = *std::move(made);
      accounts_ = own_accounts_.get();
    }
  }
  return accounts_;
}

Result<EventPage> OpenSessions::activity(const UserId& user, const std::string& after,
                                         std::size_t limit) {
  if (const Result<Sessions*> open = sessions(); !open) return open.error();
  return session::list_activity(store_->events(), events_.get(), user, after, limit);
}

Result<std::shared_ptr<OpenSessions>> open_sessions(OpenRequest request) {
  Registry& all = registry();
  MutexLock lock(all.mutex);
  if (auto found = all.open.find(request.key); found != all.open.end()) return found->second;
  auto cookies = session::SessionCookies::make(request.sessions);
  if (!cookies) return cookies.error();
  const std::string key = request.key;
  auto opened = std::make_shared<OpenSessions>(std::move(request), *std::move(cookies));
  if (!opened->remote()) {
    if (const auto sessions = opened->sessions(); !sessions) return sessions.error();
  }
  all.open.emplace(key, opened);
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

Result<std::shared_ptr<sqlite::LuciaTables>> open_lucia(sqlite::LuciaOptions options) {
  options.path = canonical_path(options.path);
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
  std::map<std::string, std::shared_ptr<sqlite::LuciaTables>> ended_lucia;
  Registry& all = registry();
  MutexLock lock(all.mutex);
  if (--all.environments > 0) return;
  ended.swap(all.open);
  forget_kept_stores();
  ended_lucia.swap(all.lucia);
}

}  // namespace latchkey::node
