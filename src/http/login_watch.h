#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "base/mutex.h"
#include "latchkey/ids.h"
#include "latchkey/time.h"

namespace latchkey::http {

// LoginWatch remembers for a minute who logged in by a form, until the cookie comes back. When the
// same browser asks without one, it did not keep it, and the log-in form can say so instead of
// coming back without a word. A guess from address and user agent: it decides about a sentence
// only. Bounded; forgets the oldest. Thread-safe.
class LoginWatch {
 public:
  // Client is a browser as far as a request tells.
  struct Client {
    std::string_view address;
    std::string_view user_agent;
  };

  void logged_in(const Client& client, const SessionId& session, UnixTime now)
      LATCHKEY_EXCLUDES(mutex_);
  // came_back tells that the cookie of `session` was sent. Takes no lock unless it was waited for,
  // and costs one load while nobody has just logged in.
  void came_back(const SessionId& session, UnixTime now) LATCHKEY_EXCLUDES(mutex_);
  // lost_cookie tells whether `client`, which sends no cookie, has just logged in.
  bool lost_cookie(const Client& client, UnixTime now) const LATCHKEY_EXCLUDES(mutex_);

 private:
  struct Entry {
    std::atomic<std::size_t> session{0};  // a hash; 0: unused. Written under the mutex
    std::size_t client = 0;
    UnixTime until{};
  };
  void forget(Entry& entry) LATCHKEY_REQUIRES(mutex_);

  mutable Mutex mutex_;
  std::array<Entry, 64> entries_;
  std::size_t next_ LATCHKEY_GUARDED_BY(mutex_) = 0;
  std::atomic<int> waiting_{0};  // entries in use
};

}  // namespace latchkey::http
