#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "latchkey/auth_session.h"

namespace latchkey::auth {

// Problem is what a client is told when it does not get what it asked for: a status, a stable code
// and a sentence for a person. Reasons that are for operators go to the log alone.
struct Problem {
  int status;
  std::string_view code;
  std::string_view detail;
  std::string_view retry_after{};  // seconds; empty: no such header
};

// Shortfall is which part of a demand a user does not meet.
enum class Shortfall : std::uint8_t { none, level, recency, binding };

// shortfall_of judges what a signed-in user has at `now`.
Shortfall shortfall_of(const Demand& demand, std::uint8_t level, UnixTime authenticated_at,
                       bool bound, UnixTime now) noexcept;

const Problem& problem_of(AuthState state) noexcept;  // not for `user`
const Problem& problem_of(Shortfall shortfall) noexcept;
const Problem& problem_of(Errc code) noexcept;

// What the two routes of bound sessions refuse with: no proof that counts, and no session named.
extern const Problem kProofRefused;
extern const Problem kProofNeeded;
extern const Problem kNoDeviceSession;
// kProofMissed is for a browser that says that it tried, and that this server failed.
extern const Problem kProofMissed;

// problem_json is the application/problem+json of RFC 9457. `members` are added to it, those
// without a text left out (section 3.2).
using ProblemMembers = std::initializer_list<std::pair<std::string_view, std::string_view>>;
std::string problem_json(const Problem& problem, ProblemMembers members = {});

// challenge is the WWW-Authenticate that RFC 9110 wants with every 401. This one makes no browser
// ask for a password.
std::string challenge(const Problem& problem);

// log_failure records a store, or a machine, that failed. `route` is the request's.
void log_failure(const Error& error, std::string_view route) noexcept;

}  // namespace latchkey::auth
