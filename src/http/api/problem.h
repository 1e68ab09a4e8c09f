#pragma once

#include <cstdint>
#include <string_view>

#include "auth/problem.h"
#include "http/message.h"
#include "latchkey/auth_session.h"

namespace latchkey::http {

// Problem is the closed set of answers that are not what was asked for. The codes are part of the
// API (docs/http_api.md) and never reused.
enum class Problem : std::uint8_t {
  no_session,
  expired,
  revoked,
  device_proof_required,
  device_binding_required,
  device_proof_missed,
  wrong_credentials,
  sign_up_closed,
  username_taken,
  username_invalid,
  password_too_short,
  password_too_long,
  password_invalid,
  password_common,
  bad_json,
  bad_field,
  bad_form,
  bad_query,
  email_invalid,
  link_unknown,
  mail_not_configured,
  bad_original,
  original_missing,
  origin_refused,
  session_not_found,
  user_not_found,
  key_reused,
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

// ProblemText is what a problem says.
struct ProblemText : auth::Problem {
  http::Problem problem;
};
const ProblemText& problem_text(Problem problem) noexcept;

inline constexpr std::string_view kProblemType = "application/problem+json; charset=utf-8";

// problem_response is the application/problem+json of `problem` (RFC 9457).
Response problem_response(Problem problem);

// add_problem_headers adds what a status demands beside the body: a challenge or Retry-After.
void add_problem_headers(Problem problem, Response& response);

Problem problem_of(Rejection rejection) noexcept;
// problem_of gives what `session` lacks, or the failure of its last call.
Problem problem_of(const AuthSession& session) noexcept;
// problem_of gives what is told of a failure; its detail goes to the log alone (R180).
Problem problem_of(Errc code) noexcept;

}  // namespace latchkey::http
