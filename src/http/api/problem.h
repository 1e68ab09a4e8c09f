#pragma once

#include <cstdint>
#include <string_view>

#include "http/message.h"
#include "latchkey/accounts.h"
#include "latchkey/sessions.h"

namespace latchkey::http {

// Problem is the closed set of answers that are not what was asked for. The codes are part of the
// API (docs/http_api.md) and never reused.
enum class Problem : std::uint8_t {
  no_session,
  expired,
  revoked,
  wrong_credentials,
  username_taken,
  username_invalid,
  password_too_short,
  password_too_long,
  password_invalid,
  bad_json,
  bad_field,
  bad_form,
  bad_query,
  origin_refused,
  session_not_found,
  not_found,
  method_not_allowed,
  body_too_large,
  unsupported_media_type,
  rate_limited,
  conflict,
  overloaded,
  store_unavailable,
  draining,
  internal_error,
  // Of the protocol: the request reached no route.
  bad_request,
  request_timeout,
  uri_too_long,
  expectation_failed,
  headers_too_large,
  not_implemented,
  http_version_not_supported,
};
inline constexpr std::size_t kProblems =
    static_cast<std::size_t>(Problem::http_version_not_supported) + 1;

// ProblemText is what a problem says. `detail` is a sentence fit for a person.
struct ProblemText {
  Problem problem;
  std::string_view code;
  int status;
  std::string_view detail;
};
const ProblemText& problem_text(Problem problem) noexcept;

// problem_response is the application/problem+json of `problem` (RFC 9457). `members` are added to
// it, those without a text left out (section 3.2).
using ProblemMembers = std::initializer_list<std::pair<std::string_view, std::string_view>>;
Response problem_response(Problem problem, ProblemMembers members = {});

// add_problem_headers adds what a status demands beside the body: a challenge or Retry-After.
void add_problem_headers(Problem problem, Response& response);

Problem problem_of(Rejection rejection) noexcept;
// problem_of gives the reason for which there is no session; not for `active`.
Problem problem_of(SessionState state) noexcept;
// problem_of gives what is told of a failure; its detail goes to the log alone (R180).
Problem problem_of(Errc code) noexcept;

// log_failure records a failure that was answered with 503.
void log_failure(const Error& error, const Request& request) noexcept;

}  // namespace latchkey::http
