#include "auth/problem.h"

#include "base/log.h"
#include "codec/json/json.h"

namespace latchkey::auth {
namespace {

constexpr Problem kNoSession{401, "no_session", "You are not logged in."};
constexpr Problem kExpired{401, "expired", "Your session has expired. Please log in again."};
constexpr Problem kRevoked{401, "revoked", "Your session was ended. Please log in again."};
constexpr Problem kForeign{403, "origin_refused", "This request did not come from our own pages."};
constexpr Problem kLevel{401, "level_required", "Please confirm who you are with a second step."};
constexpr Problem kRecency{401, "recent_login", "Please log in again to go on."};
constexpr Problem kUnproven{401, "device_proof_required",
                            "This browser has to show again that the session is its own. Try "
                            "again, or log in again."};
constexpr Problem kUnbound{401, "device_binding_required",
                           "This needs a session that is bound to its device. Log in with a "
                           "browser that can do that."};
constexpr Problem kBadValue{400, "invalid_argument", "A value that was sent cannot be used."};
constexpr Problem kTooLarge{413, "too_large", "What was sent is too large to be kept."};
constexpr Problem kConflict{409, "conflict", "Something else changed at the same time. Try again."};
constexpr Problem kRateLimited{429, "rate_limited", "Too many requests. Try again later.", "60"};
constexpr Problem kOverloaded{503, "overloaded", "Too busy right now. Try again in a moment.", "1"};
constexpr Problem kStore{503, "store_unavailable",
                         "Our records cannot be reached right now. Nobody was logged out. Try "
                         "again in a moment.",
                         "2"};
constexpr Problem kInternal{500, "internal_error", "Something went wrong on our side."};

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

const Problem kProofRefused{403, "device_proof_refused", "The session could not be bound."};
const Problem kProofNeeded{403, "device_proof_needed", "Prove with the challenge that came along."};
const Problem kProofMissed{503, "device_proof_missed",
                           "This browser could not prove that the session is its own. Nobody was "
                           "logged out. Try again in a moment.",
                           "2"};
const Problem kNoDeviceSession{400, "device_session_missing",
                               "Sec-Secure-Session-Id must name the session."};

Shortfall shortfall_of(const Demand& demand, std::uint8_t level, UnixTime authenticated_at,
                       bool bound, UnixTime now) noexcept {
  const bool old = demand.max_auth_age > Millis{0} && now - authenticated_at > demand.max_auth_age;
  if (old) return Shortfall::recency;
  if (demand.bound && !bound) return Shortfall::binding;
  return demand.level > level ? Shortfall::level : Shortfall::none;
}

const Problem& problem_of(AuthState state) noexcept {
  if (state == AuthState::expired) return kExpired;
  if (state == AuthState::revoked) return kRevoked;
  if (state == AuthState::unproven) return kUnproven;
  return state == AuthState::refused ? kForeign : kNoSession;
}

const Problem& problem_of(Shortfall shortfall) noexcept {
  if (shortfall == Shortfall::binding) return kUnbound;
  return shortfall == Shortfall::level ? kLevel : kRecency;
}

const Problem& problem_of(Errc code) noexcept {
  switch (code) {
    case Errc::overloaded:
      return kOverloaded;
    case Errc::rate_limited:
      return kRateLimited;
    case Errc::conflict:
    case Errc::user_changed:
      return kConflict;
    case Errc::not_found:
      return kNoSession;
    case Errc::invalid_argument:
      return kBadValue;
    case Errc::too_large:
      return kTooLarge;
    case Errc::origin_refused:
      return kForeign;
    case Errc::unsupported:
    case Errc::headers_sent:
    case Errc::bad_config:
      return kInternal;
    default:
      return kStore;
  }
}

std::string problem_json(const Problem& problem, ProblemMembers members) {
  std::string json;
  json.reserve(240);
  json.append("{\"type\":\"about:blank\",\"title\":\"").append(phrase(problem.status));
  json.append("\",\"status\":").append(std::to_string(problem.status)).append(",\"detail\":");
  codec::append_json_string(json, problem.detail);
  json.append(",\"code\":\"").append(problem.code).append("\"");
  for (const auto& [name, value] : members) {
    if (value.empty()) continue;
    json.append(",\"").append(name).append("\":");
    codec::append_json_string(json, value);
  }
  json.append("}\n");
  return json;
}

std::string challenge(const Problem& problem) {
  return std::string("Session error=\"").append(problem.code).append("\"");
}

void log_failure(const Error& error, std::string_view route) noexcept {
  const bool busy = error.code == Errc::overloaded || error.code == Errc::rate_limited;
  log(busy ? LogLevel::warn : LogLevel::error, busy ? "overloaded" : "store_failure",
      {{"error", error_name(error.code)}, {"detail", error.detail}, {"path", route}});
}

}  // namespace latchkey::auth
