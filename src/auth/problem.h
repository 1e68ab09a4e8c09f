#pragma once

#include <string>
#include <string_view>

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
enum class Shortfall : std::uint8_t { none, level, recency };

const Problem& problem_of(AuthState state) noexcept;  // not for `user`
const Problem& problem_of(Shortfall shortfall) noexcept;
const Problem& problem_of(Errc code) noexcept;

// problem_json is the application/problem+json of RFC 9457.
std::string problem_json(const Problem& problem);

}  // namespace latchkey::auth
