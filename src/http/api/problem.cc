#include "http/api/problem.h"

#include <array>

#include "base/log.h"
#include "base/no_wait.h"
#include "codec/json/json.h"
#include "http/routes.h"

namespace latchkey::http {
namespace {

constexpr std::array<ProblemText, kProblems> kTable{{
    {Problem::no_session, "no_session", 401, "You are not logged in."},
    {Problem::expired, "expired", 401, "Your session has expired. Please log in again."},
    {Problem::revoked, "revoked", 401, "Your session was ended. Please log in again."},
    {Problem::wrong_credentials, "wrong_credentials", 401, "User name or password is wrong."},
    {Problem::username_taken, "username_taken", 409, "This user name is already taken."},
    {Problem::username_invalid, "username_invalid", 400,
     "A user name has 1 to 254 characters, no blanks and none of \"(),:;<>[\\]`."},
    {Problem::password_too_short, "password_too_short", 400,
     "The password is too short. Use at least 15 characters."},
    {Problem::password_too_long, "password_too_long", 400,
     "The password is too long. Use at most 1024 bytes."},
    {Problem::password_invalid, "password_invalid", 400,
     "The password has characters that cannot be used."},
    {Problem::bad_json, "bad_json", 400, "The body is not one strict JSON object."},
    {Problem::bad_field, "bad_field", 400,
     "\"username\" and \"password\" must be strings, \"remember\" a boolean."},
    {Problem::bad_form, "bad_form", 400, "The form did not arrive in one piece."},
    {Problem::bad_query, "bad_query", 400, "A query parameter has a value that is not allowed."},
    {Problem::origin_refused, "origin_refused", 403,
     "This request did not come from our own pages."},
    {Problem::session_not_found, "session_not_found", 404, "You have no such session."},
    {Problem::not_found, "not_found", 404, "There is nothing here."},
    {Problem::method_not_allowed, "method_not_allowed", 405, "This address does not do that."},
    {Problem::body_too_large, "body_too_large", 413, "The body is too large."},
    {Problem::unsupported_media_type, "unsupported_media_type", 415,
     "The body has a media type that is not accepted here."},
    {Problem::rate_limited, "rate_limited", 429, "Too many requests. Try again later."},
    {Problem::conflict, "conflict", 409, "Something else changed at the same time. Try again."},
    {Problem::overloaded, "overloaded", 503, "Too busy right now. Try again in a moment."},
    {Problem::store_unavailable, "store_unavailable", 503,
     "Our records cannot be reached right now. Nobody was logged out. Try again in a moment."},
    {Problem::draining, "draining", 503, "This server is about to stop."},
    {Problem::internal_error, "internal_error", 500, "Something went wrong on our side."},
    {Problem::bad_request, "bad_request", 400, "The request is not valid HTTP."},
    {Problem::request_timeout, "request_timeout", 408, "The request did not arrive in time."},
    {Problem::uri_too_long, "uri_too_long", 414, "The request line is too long."},
    {Problem::expectation_failed, "expectation_failed", 417,
     "The only expectation met is 100-continue."},
    {Problem::headers_too_large, "headers_too_large", 431,
     "The request headers are too large or too many."},
    {Problem::not_implemented, "not_implemented", 501, "This method is not implemented."},
    {Problem::http_version_not_supported, "http_version_not_supported", 505,
     "Only HTTP 1.0 and 1.1 are supported."},
}};

// RFC 9457 section 4.2.1: with the type about:blank the title is the phrase of the status.
std::string_view phrase(int status) noexcept {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Internal Server Error";
  }
}

}  // namespace

const ProblemText& problem_text(Problem problem) noexcept {
  return kTable[static_cast<std::size_t>(problem)];
}

Response problem_response(Problem problem, ProblemMembers members) {
  const ProblemText& text = problem_text(problem);
  Response response;
  response.status = text.status;
  response.content_type = "application/problem+json; charset=utf-8";
  response.body.reserve(200);
  response.body.append("{\"type\":\"about:blank\",\"title\":\"").append(phrase(text.status));
  response.body.append("\",\"status\":").append(std::to_string(text.status));
  response.body.append(",\"detail\":");
  codec::append_json_string(response.body, text.detail);
  response.body.append(",\"code\":\"").append(text.code).append("\"");
  for (const auto& [name, value] : members) {
    if (value.empty()) continue;
    response.body.append(",\"").append(name).append("\":");
    codec::append_json_string(response.body, value);
  }
  response.body.append("}\n");
  add_problem_headers(problem, response);
  return response;
}

void add_problem_headers(Problem problem, Response& response) {
  const ProblemText& text = problem_text(problem);
  // RFC 9110 wants a challenge with every 401; this one makes no browser ask for a password.
  if (text.status == 401) {
    response.headers.emplace_back("WWW-Authenticate",
                                  "Session error=\"" + std::string(text.code) + "\"");
  }
  if (problem == Problem::overloaded) response.headers.emplace_back("Retry-After", "1");
  if (problem == Problem::store_unavailable) response.headers.emplace_back("Retry-After", "2");
  if (problem == Problem::rate_limited) response.headers.emplace_back("Retry-After", "60");
}

Problem problem_of(Rejection rejection) noexcept {
  switch (rejection) {
    case Rejection::none:
      break;
    case Rejection::username_invalid:
      return Problem::username_invalid;
    case Rejection::username_taken:
      return Problem::username_taken;
    case Rejection::password_too_short:
      return Problem::password_too_short;
    case Rejection::password_too_long:
      return Problem::password_too_long;
    case Rejection::password_invalid:
      return Problem::password_invalid;
    case Rejection::wrong_credentials:
      return Problem::wrong_credentials;
  }
  return Problem::internal_error;
}

Problem problem_of(SessionState state) noexcept {
  if (state == SessionState::expired) return Problem::expired;
  if (state == SessionState::revoked) return Problem::revoked;
  return Problem::no_session;
}

Problem problem_of(Errc code) noexcept {
  switch (code) {
    case Errc::overloaded:
      return Problem::overloaded;
    case Errc::rate_limited:
      return Problem::rate_limited;
    case Errc::conflict:
    case Errc::user_changed:
      return Problem::conflict;
    case Errc::bad_config:
      return Problem::internal_error;
    default:
      return Problem::store_unavailable;
  }
}

void log_failure(const Error& error, const Request& request) noexcept {
  if (NoWait::refused()) return;  // a worker will ask again
  const bool busy = error.code == Errc::overloaded || error.code == Errc::rate_limited;
  log(busy ? LogLevel::warn : LogLevel::error, busy ? "overloaded" : "store_failure",
      {{"error", error_name(error.code)},
       {"detail", error.detail},
       {"path", pattern_of(request.path)}});
}

}  // namespace latchkey::http
