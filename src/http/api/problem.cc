#include "http/api/problem.h"

#include <algorithm>
#include <array>

namespace latchkey::http {
namespace {

// of gives a problem the words that Auth and Accounts have for it.
ProblemText of(Problem problem, const auth::Problem& words) noexcept { return {words, problem}; }
ProblemText of(Problem problem, Errc code) noexcept { return of(problem, auth::problem_of(code)); }
ProblemText of(Problem problem, AuthState state) noexcept {
  return of(problem, auth::problem_of(state));
}
ProblemText of(Problem problem, int status, Rejection rejection) noexcept {
  return {{status, rejection_name(rejection), rejection_text(rejection)}, problem};
}
ProblemText own(Problem problem, std::string_view code, int status,
                std::string_view detail) noexcept {
  return {{status, code, detail}, problem};
}

const std::array<ProblemText, kProblems>& table() noexcept {
  static const std::array<ProblemText, kProblems> kTable{{
      of(Problem::no_session, AuthState::none),
      of(Problem::expired, AuthState::expired),
      of(Problem::revoked, AuthState::revoked),
      of(Problem::device_proof_required, AuthState::unproven),
      {auth::problem_of(auth::Shortfall::binding), Problem::device_binding_required},
      {auth::kProofMissed, Problem::device_proof_missed},
      of(Problem::wrong_credentials, 401, Rejection::wrong_credentials),
      of(Problem::sign_up_closed, 403, Rejection::sign_up_closed),
      of(Problem::username_taken, 409, Rejection::username_taken),
      of(Problem::username_invalid, 400, Rejection::username_invalid),
      of(Problem::password_too_short, 400, Rejection::password_too_short),
      of(Problem::password_too_long, 400, Rejection::password_too_long),
      of(Problem::password_invalid, 400, Rejection::password_invalid),
      of(Problem::password_common, 422, Rejection::password_common),
      own(Problem::bad_json, "bad_json", 400, "The body is not one strict JSON object."),
      own(Problem::bad_field, "bad_field", 400,
          "\"username\" and \"password\" must be strings, \"remember\" a boolean."),
      own(Problem::bad_form, "bad_form", 400, "The form did not arrive in one piece."),
      own(Problem::bad_query, "bad_query", 400,
          "A query parameter has a value that is not allowed."),
      own(Problem::email_invalid, "email_invalid", 400,
          "This is no e-mail address, or your account has another one."),
      own(Problem::link_unknown, "link_unknown", 400,
          "This link does not work any more: it was used, or is too old. Ask for a new one."),
      own(Problem::mail_not_configured, "mail_not_configured", 404,
          "This site sends no mail. Ask its operator for help."),
      own(Problem::bad_original, "bad_original", 400,
          "The address that was asked for is not valid, or not read alike by all servers."),
      own(Problem::original_missing, "original_missing", 403,
          "The proxy did not say which address was asked for."),
      of(Problem::origin_refused, AuthState::refused),
      own(Problem::session_not_found, "session_not_found", 404, "You have no such session."),
      own(Problem::user_not_found, "user_not_found", 404, "There is no such user."),
      own(Problem::key_reused, "key_reused", 422,
          "This Idempotency-Key was used for another request."),
      own(Problem::not_found, "not_found", 404, "There is nothing here."),
      own(Problem::method_not_allowed, "method_not_allowed", 405, "This address does not do that."),
      own(Problem::body_too_large, "body_too_large", 413, "The body is too large."),
      own(Problem::unsupported_media_type, "unsupported_media_type", 415,
          "The body has a media type that is not accepted here."),
      of(Problem::rate_limited, Errc::rate_limited),
      of(Problem::conflict, Errc::conflict),
      of(Problem::overloaded, Errc::overloaded),
      of(Problem::store_unavailable, Errc::store_unavailable),
      own(Problem::draining, "draining", 503, "This server is about to stop."),
      of(Problem::internal_error, Errc::bad_config),
      own(Problem::bad_request, "bad_request", 400, "The request is not valid HTTP."),
      own(Problem::request_timeout, "request_timeout", 408, "The request did not arrive in time."),
      own(Problem::uri_too_long, "uri_too_long", 414, "The request line is too long."),
      own(Problem::expectation_failed, "expectation_failed", 417,
          "The only expectation met is 100-continue."),
      own(Problem::headers_too_large, "headers_too_large", 431,
          "The request headers are too large or too many."),
      own(Problem::not_implemented, "not_implemented", 501, "This method is not implemented."),
      own(Problem::http_version_not_supported, "http_version_not_supported", 505,
          "Only HTTP 1.0 and 1.1 are supported."),
  }};
  return kTable;
}

Problem find_problem(std::string_view code) noexcept {
  const auto found = std::find_if(table().begin(), table().end(),
                                  [&](const ProblemText& text) { return text.code == code; });
  return found == table().end() ? Problem::internal_error : found->problem;
}

}  // namespace

const ProblemText& problem_text(Problem problem) noexcept {
  return table()[static_cast<std::size_t>(problem)];
}

Response problem_response(Problem problem) {
  const ProblemText& text = problem_text(problem);
  Response response;
  response.status = text.status;
  response.content_type = kProblemType;
  response.body = auth::problem_json(text);
  add_problem_headers(problem, response);
  return response;
}

void add_problem_headers(Problem problem, Response& response) {
  const ProblemText& text = problem_text(problem);
  if (text.status == 401) {
    response.headers.emplace_back("WWW-Authenticate", auth::challenge(text));
  }
  if (!text.retry_after.empty()) response.headers.emplace_back("Retry-After", text.retry_after);
}

Problem problem_of(Rejection rejection) noexcept { return find_problem(rejection_name(rejection)); }

Problem problem_of(const AuthSession& session) noexcept {
  return find_problem(session.problem_code());
}

Problem problem_of(Errc code) noexcept { return find_problem(auth::problem_of(code).code); }

}  // namespace latchkey::http
