#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "latchkey/record.h"
#include "latchkey/time.h"

// How long sessions live: docs/policy.md.
//
//   auto auth = latchkey::Auth::open({.store = "sqlite:app.db",
//                                     .public_url = "https://app.example.com",
//                                     .policy = latchkey::Policy::aal2()});
namespace latchkey {

// Policy says how long sessions live. The defaults are the safe choice for a web application.
struct Policy {
  Millis idle = std::chrono::days{14};      // expires after this long without use; 0: no idle limit
  Millis absolute = std::chrono::days{30};  // expires after this long in any case; 0: no limit
  bool sliding = true;                      // false: a fixed session, not extended by use
  Millis last_seen_every = std::chrono::seconds{60};  // how stale last_seen_at may get
  bool persistent = true;                             // the cookie survives the browser's restart
  bool renew_cookie = false;  // also the cookie slides (Lucia); by default only the row does
  Millis browser_idle = std::chrono::hours{2};       // for sessions of "remember me" off
  Millis browser_absolute = std::chrono::hours{24};  // likewise
  Millis guest = std::chrono::hours{24};             // life of a guest session, not extended
  std::uint32_t max_per_user = 100;                  // the longest idle one goes; 0: no limit

  // Presets; sources in docs/policy.md. `lucia`: 30 d sliding, no absolute limit, cookie renewed.
  // `aal1`: 30 d absolute, 30 d idle. `aal2`: 24 h / 1 h. `aal3`: 12 h / 15 min. `high_value`:
  // 8 h / 5 min. aal2, aal3 and high_value cookies end with the browser. `fixed(life)`: nothing
  // slides.
  static Policy lucia();
  static Policy aal1();
  static Policy aal2();
  static Policy aal3();
  static Policy high_value();
  static Policy fixed(Millis life);
  // preset finds one of them by name ("default", "lucia", "aal1", ... but not "fixed").
  static std::optional<Policy> preset(std::string_view name);
};

enum class Liveness : std::uint8_t { active, idle_expired, absolute_expired };

// Judgement is what policy says of one record at one moment.
struct Judgement {
  Liveness liveness = Liveness::active;
  bool touch_due = false;      // last_seen_at and idle_expires_at should move now
  UnixTime idle_expires_at{};  // where a touch moves the deadline
  bool renew_due = false;      // a new cookie should go out with the touch
};

// judge is pure. A deadline reached is a deadline passed (now >= deadline is dead). A touch is due
// from the half of the idle life on, or when last_seen_at is last_seen_every old; never for a fixed
// session, and never when it would not move anything. With renew_cookie only the half-life moves
// idle_expires_at, and the cookie goes out with it.
Judgement judge(const SessionRecord& record, UnixTime now, const Policy& policy) noexcept;

// Deadlines of a new session.
struct Lifetime {
  Millis idle{};  // what a touch gives; 0: fixed
  UnixTime idle_expires_at{};
  UnixTime absolute_expires_at{};
  bool persistent = true;
};
enum class SessionKind : std::uint8_t { remembered, browser_lived, guest };
Lifetime lifetime_of(SessionKind kind, UnixTime now, const Policy& policy) noexcept;

// longest_life bounds how long a token of any session made under `policy` can be good without being
// written again.
Millis longest_life(const Policy& policy) noexcept;

// validate_policy returns what is wrong with `policy`, or empty text.
std::string_view validate_policy(const Policy& policy) noexcept;

}  // namespace latchkey
