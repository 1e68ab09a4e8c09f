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

  // saw is told of each session that a request brought.
  void saw(const SessionId& session) {
    const UnixTime now = clock.now();
    logins.came_back(session, now);
    active.add(session, now);
  }
  bool sign_up_open() const noexcept { return auth.accounts().options().sign_up == SignUp::open; }
  bool stateless() const noexcept { return is_stateless(auth.options().carrier); }
};

// Handler answers a request that `session` was begun for. What the session has to say (cookies,
// challenges) is added to what it returns.
using Handler = Response (*)(App& app, const Request& request, AuthSession& session);
// PlainHandler answers where it makes no difference who asks.
using PlainHandler = Response (*)(App& app, const Request& request);

}  // namespace latchkey::http
