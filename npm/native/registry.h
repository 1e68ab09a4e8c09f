#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "batches.h"
#include "lanes.h"
#include "latchkey/accounts.h"
#include "latchkey/auth.h"
#include "latchkey/sessions.h"
#include "latchkey/store.h"
#include "session/session_cookies.h"
#include "store/lucia/sqlite_lucia.h"
#include "store/store_url.h"

// What is open in this process, shared by every thread and every reload of a program's code.
namespace latchkey::node {

// CallClock tells the time that JavaScript read for the call under way on this thread, so that a
// program's fake timers reach the core; outside a call it is the system's.
class CallClock final : public Clock {
 public:
  UnixTime now() const noexcept override;
  // At sets the time of this thread for as long as it lives.
  class At {
   public:
    explicit At(UnixTime now) noexcept;
    ~At();
    At(const At&) = delete;
    At& operator=(const At&) = delete;

   private:
    std::int64_t before_;
  };
};
const CallClock& call_clock() noexcept;

struct OpenRequest {
  std::string key;  // equal configurations have equal keys
  StoreUrl store;
  SessionsOptions sessions{};
  std::string public_url{};                        // empty: no request can be judged
  Millis event_retention = std::chrono::days{90};  // 0: no events
  DeviceBindingOptions device_binding{};
};

// OpenSessions is one configuration at work.
class OpenSessions {
 public:
  OpenSessions(OpenRequest request, session::SessionCookies cookies);

  // cookies needs no store.
  const session::SessionCookies& cookies() const noexcept { return cookies_; }
  bool remote() const noexcept { return request_.store.remote; }
  // lane is where calls wait for the store.
  Lane& lane() const noexcept { return lane_; }
  // gathers tells whether calls go to the store together: those behind a network that need a row.
  bool gathers() const noexcept { return remote() && !is_stateless(request_.sessions.carrier); }
  Batches& checks() noexcept { return checks_; }
  Batches& creations() noexcept { return creations_; }
  // sessions opens the store at the first call, which a remote one has to be waited for; the next
  // call after a failure tries again. Thread-safe.
  Result<Sessions*> sessions(Wait wait = Wait::allowed);
  // auth decides about requests. bad_config when the configuration has no public URL.
  Result<Auth*> auth(Wait wait = Wait::allowed);
  // accounts makes them at the first call, which costs a password hash: not on the event loop.
  Result<Accounts*> accounts();
  // activity lists what happened to `user`, newest first. Writes what waits before.
  Result<EventPage> activity(const UserId& user, const std::string& after, std::size_t limit);

 private:
  const OpenRequest request_;
  const session::SessionCookies cookies_;
  Lane& lane_;
  Batches checks_;
  Batches creations_;
  Result<void> make_auth(std::unique_ptr<Sessions> sessions);

  std::atomic<Sessions*> ready_{nullptr};
  std::mutex making_;
  std::shared_ptr<Store> store_;  // in the order of dependence
  std::unique_ptr<EventLog> events_;
  std::unique_ptr<Auth> auth_;          // owns Sessions and Accounts, if it is there
  std::unique_ptr<Sessions> sessions_;  // without it
  std::unique_ptr<Accounts> own_accounts_;
  Accounts* accounts_ = nullptr;
};

// with_sessions runs `job` with what is open.
template <class Job>
auto with_sessions(OpenSessions& open, Job job) -> decltype(job(std::declval<Sessions&>())) {
  const Result<Sessions*> sessions = open.sessions();
  if (!sessions) return sessions.error();
  return job(**sessions);
}

// open_sessions returns what is open for this key, or opens it; a remote store is opened later, by
// the first call that needs it. Thread-safe.
Result<std::shared_ptr<OpenSessions>> open_sessions(OpenRequest request);
// close_sessions forgets a key; what is in use ends with its last user.
void close_sessions(const std::string& key);

// open_lucia and close_lucia do the same with the tables of lucia in an SQLite file.
Result<std::shared_ptr<sqlite::LuciaTables>> open_lucia(sqlite::LuciaOptions options);
void close_lucia(const std::shared_ptr<sqlite::LuciaTables>& tables);

// environment_started and environment_ended count the threads that run JavaScript; with the last
// one everything is closed, so that what is queued gets written.
void environment_started();
void environment_ended();

}  // namespace latchkey::node
