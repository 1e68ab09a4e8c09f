#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// What may happen to an account: docs/events.md
namespace latchkey {

// EventKind says what happened. The numbers are stored and never reused.
enum class EventKind : std::uint8_t {
  log_in = 1,            // a new session for a user
  log_in_failed = 2,     // `reason` says why, to operators only
  log_out = 3,           // its own user ended the session
  session_revoked = 4,   // ended from another session, by an administrator or by the application
  session_rotated = 5,   // it got a new secret
  session_evicted = 6,   // ended because the user had too many
  session_expired = 7,   // seen past its deadline
  sign_up = 8,           // a new user
  password_changed = 9,  // by the user, who knew the old one, or by an operator
  password_reset = 10,   // with a one-time secret
  email_verified = 11,   // with a one-time secret
  limit_reached = 12,    // too many tries; `reason` names the limit
  user_disabled = 13,
  user_enabled = 14,
  user_deleted = 15,
  reauthenticated = 16,   // the user of a session proved its identity again
  secret_requested = 17,  // a one-time secret was made; `reason` is its purpose
  device_bound = 18,      // the session was bound to a key of its browser
  device_refreshed = 19,  // the browser proved again that it holds the key
  device_refused = 20,    // a proof was refused; `reason` says why, to operators only
};
inline constexpr std::uint8_t kLastEventKind = 20;

// event_kind_name returns the stable name, such as "log_in_failed"; event_kind the way back.
std::string_view event_kind_name(EventKind kind) noexcept;
std::optional<EventKind> event_kind(std::string_view name) noexcept;

}  // namespace latchkey
