#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "latchkey/accounts.h"
#include "latchkey/sessions.h"
#include "latchkey/store.h"
#include "store/sqlite_lucia.h"

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
    explicit At(double unix_millis) noexcept;
    ~At();
    At(const At&) = delete;
    At& operator=(const At&) = delete;

   private:
    std::int64_t before_;
  };
};
const CallClock& call_clock() noexcept;

struct OpenRequest {
  std::string key;    // equal configurations have equal keys
  std::string store;  // "sqlite:PATH" or "memory:NAME"
  SessionsOptions sessions{};
};

// OpenSessions is one configuration at work.
struct OpenSessions {
  std::shared_ptr<Store> store;
  std::unique_ptr<Sessions> sessions;
  // accounts makes them at the first call, which costs a password hash: not on the event loop.
  Result<Accounts*> accounts();

 private:
  std::mutex making_;
  std::unique_ptr<Accounts> accounts_;  // dies before the sessions it stands on
};

// open_sessions returns what is open for this key, or opens it. Thread-safe.
Result<std::shared_ptr<OpenSessions>> open_sessions(OpenRequest request);
// close_sessions forgets a key; what is in use ends with its last user.
void close_sessions(const std::string& key);

// keep_store opens a store, or finds it open, and keeps it open with the program. Thread-safe.
Result<std::shared_ptr<Store>> keep_store(const std::string& url);

// open_lucia and close_lucia do the same with the tables of lucia.
Result<std::shared_ptr<sqlite::LuciaTables>> open_lucia(sqlite::LuciaOptions options);
void close_lucia(const std::shared_ptr<sqlite::LuciaTables>& tables);

// environment_started and environment_ended count the threads that run JavaScript; with the last
// one everything is closed, so that what is queued gets written.
void environment_started();
void environment_ended();

}  // namespace latchkey::node
