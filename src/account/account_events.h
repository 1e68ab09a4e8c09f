#pragma once

#include <string>
#include <string_view>

#include "latchkey/accounts.h"

// What the event log is told of accounts: docs/events.md. A log-in itself is noted by Sessions.
namespace latchkey::account {

// Attempt is what is known of a try, for its event: nothing of it goes back to the client.
struct Attempt {
  UserId user{};              // whose name it is; empty: nobody's
  std::string account{};      // a keyed hash of the name
  std::string_view reason{};  // empty: that of the rejection
};

inline void note(Sessions& sessions, EventKind kind, const DeviceContext& by,
                 const Attempt& attempt) {
  EventLog* const events = sessions.options().events;
  if (events == nullptr) return;
  events->add({.kind = kind,
               .user_id = attempt.user,
               .reason = std::string(attempt.reason),
               .account = attempt.account,
               .address = by.address,
               .user_agent = by.user_agent,
               .request_id = by.request_id});
}

// note_rejection notes a try that was refused; `what` names it where a limit refused it.
inline void note_rejection(Sessions& sessions, Rejection rejection, std::string_view what,
                           const DeviceContext& by, Attempt attempt) {
  if (rejection == Rejection::none) return;
  const bool limited = rejection == Rejection::rate_limited;
  if (limited) attempt.reason = what;
  if (attempt.reason.empty()) attempt.reason = rejection_name(rejection);
  note(sessions, limited ? EventKind::limit_reached : EventKind::log_in_failed, by, attempt);
}

}  // namespace latchkey::account
