#pragma once

#include <atomic>
#include <string>

#include "http/active_count.h"
#include "http/entry_counts.h"
#include "http/login_watch.h"
#include "http/message.h"
#include "http/verify/current_verify.h"
#include "latchkey/auth.h"
#include "latchkey/recovery.h"

namespace latchkey::http {

class Readiness;

// App is what every route works on.
struct App {
  Auth& auth;
  const Clock& clock;
  Millis staleness{0};             // no node accepts an ended session for longer than this
  Readiness* readiness = nullptr;  // nullptr: /readyz asks the store itself
  CurrentVerify verify{VerifySettings{}};
  std::string base{};            // where the pages are below the public URL's origin, as "/auth"
  Recovery* recovery = nullptr;  // nullptr: nobody sends our mail
  Millis recent{0};              // a log-in this old is no longer enough for what cannot be undone
  std::atomic<bool> draining{false};
  LoginWatch logins{};
  ActiveCount active{};
  EntryCounts log_ins{};
  EntryCounts sign_ups{};
  std::atomic<std::int64_t> stale_told{-1};  // in seconds

  // tell_stale is true once a second: an outage has as many old answers as requests.
  bool tell_stale() noexcept {
    const std::int64_t second = to_unix_millis(clock.now()) / 1000;
    return stale_told.exchange(second, std::memory_order_relaxed) != second;
  }
  // saw is told of each session that a request brought.
  void saw(const SessionId& session) {
    const UnixTime now = clock.now();
    logins.came_back(session, now);
    active.add(session, now);
  }
  bool sign_up_open() const noexcept { return auth.accounts().options().sign_up == SignUp::open; }
  bool stateless() const noexcept { return is_stateless(auth.options().carrier); }
};

// recent_enough tells whether who asks may end other sessions (R24): they have logged in lately.
// Who has no password here, as after a takeover, could not be asked for it again.
inline bool recent_enough(const App& app, AuthSession& session) {
  const auto user = session.user();
  if (!user) return false;
  return *user == nullptr || session.require({.max_auth_age = app.recent});
}

// Handler answers a request that `session` was begun for. What the session has to say (cookies,
// challenges) is added to what it returns.
using Handler = Response (*)(App& app, const Request& request, AuthSession& session);
// PlainHandler answers where it makes no difference who asks.
using PlainHandler = Response (*)(App& app, const Request& request);

}  // namespace latchkey::http
