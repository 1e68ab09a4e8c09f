#include "auth/request_facts.h"

#include <algorithm>

#include "base/text.h"
#include "latchkey/origin_check.h"

namespace latchkey::auth {
namespace {

// `name` is in lower case.
bool is(std::string_view text, std::string_view name) noexcept {
  return equal_ignoring_case(text, name);
}

// lists tells whether a comma-separated list has the token `wanted`, in lower case.
bool lists(std::string_view list, std::string_view wanted) noexcept {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (is(trim_blanks(list.substr(0, comma)), wanted)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

// set keeps the first value and tells of a second one.
bool set(std::optional<std::string_view>& field, std::string_view value) noexcept {
  if (field) return false;
  field = value;
  return true;
}

// set_once keeps the only value; of several none counts.
void set_once(std::optional<std::string_view>& field, std::string_view value) noexcept {
  field = field ? std::string_view{} : value;
}

}  // namespace

RequestFacts::RequestFacts(const RequestView& request)
    : method(request.method()), target(request.target()), peer(request.peer()) {
  request.each_header(this, [](void* self, std::string_view name, std::string_view value) {
    static_cast<RequestFacts*>(self)->see(name, trim_blanks(value));
  });
}

// Few lengths are of interest, so most headers are passed over after one comparison.
void RequestFacts::see(std::string_view name, std::string_view value) {
  switch (name.size()) {
    case 3:
      if (is(name, "rsc")) page_data = true;
      break;
    case 6:
      if (is(name, "cookie")) see_cookie(value);
      if (is(name, "origin") && !set(origin, value)) repeated = true;
      if (is(name, "accept") && accept.empty()) accept = value;
      break;
    case 7:
      if (is(name, "upgrade") && lists(value, "websocket")) web_socket = true;
      if (is(name, "purpose") && is(value, "prefetch")) prefetch = true;
      break;
    case 8:
      if (is(name, "next-url")) page_data = true;
      break;
    case 10:
      if (is(name, "user-agent")) user_agent = value;
      break;
    case 11:
      if (is(name, "sec-purpose") && starts_with_ignoring_case(value, "prefetch")) prefetch = true;
      break;
    case 12:
      if (is(name, "x-request-id")) request_id = value;
      if (is(name, "content-type") && !set(content_type, value)) types_ = true;
      break;
    case 13:
      if (is(name, "authorization") && authorizations_++ == 0) authorization_ = value;
      if (is(name, "x-nextjs-data")) page_data = true;
      break;
    case 14:
      if (is(name, "sec-fetch-site") && !set(sec_fetch_site, value)) repeated = true;
      if (is(name, "sec-fetch-mode")) sec_fetch_mode = value;
      break;
    case 15:
      if (is(name, "x-forwarded-for")) see_forwarded(value);
      break;
    case 17:
      if (is(name, "sec-websocket-key")) web_socket = true;
      break;
    case 20:
      if (is(name, "next-router-prefetch")) prefetch = true;
      break;
    case 21:
      if (is(name, "x-middleware-prefetch")) prefetch = true;
      if (is(name, "sec-websocket-version")) web_socket = true;
      if (is(name, "sec-secure-session-id")) set_once(device_session, value);
      break;
    case 22:
      if (is(name, "secure-session-skipped") && (starts_with_ignoring_case(value, "server_error") ||
                                                 starts_with_ignoring_case(value, "unreachable"))) {
        refresh_failed = true;
      }
      break;
    case 23:
      if (is(name, "secure-session-response")) set_once(device_proof, value);
      break;
    case 28:
      if (is(name, "next-router-segment-prefetch")) prefetch = true;
      break;
    default:
      break;
  }
}

void RequestFacts::see_cookie(std::string_view line) noexcept {
  if (cookie_count_ == cookies_.size()) {
    too_many_cookies_ = true;
    return;
  }
  cookies_[cookie_count_++] = line;
}

void RequestFacts::see_forwarded(std::string_view line) noexcept {
  if (forwarded_count_ == forwarded_.size()) {
    std::move(forwarded_.begin() + 1, forwarded_.end(), forwarded_.begin());
    --forwarded_count_;
  }
  forwarded_[forwarded_count_++] = line;
}

std::optional<std::string_view> RequestFacts::bearer() const noexcept {
  if (!starts_with_ignoring_case(authorization_, "bearer ")) return std::nullopt;
  if (authorizations_ > 1) return std::string_view{};
  return trim_blanks(authorization_.substr(7));
}

bool RequestFacts::safe() const noexcept { return guard::is_safe_method(method) && !web_socket; }

guard::OriginFacts RequestFacts::origin_facts(bool json_only) const noexcept {
  return {.method = web_socket ? "POST" : method,
          .sec_fetch_site = sec_fetch_site,
          .origin = origin,
          .repeated = repeated,
          // A handshake has no body that could be refused.
          .simple_body = web_socket || (!json_only && simple_body())};
}

bool RequestFacts::navigation() const noexcept {
  if (page_data) return true;
  if (!sec_fetch_mode.empty()) return is(sec_fetch_mode, "navigate");
  return !web_socket && accept.find("text/html") != std::string_view::npos;
}

bool RequestFacts::simple_body() const noexcept {
  if (web_socket) return true;
  if (method != "POST") return false;  // a foreign page must ask before it sends PUT or DELETE
  if (!content_type || types_) return true;
  const std::string_view type = trim_blanks(content_type->substr(0, content_type->find(';')));
  return is(type, "application/x-www-form-urlencoded") || is(type, "multipart/form-data") ||
         is(type, "text/plain");
}

}  // namespace latchkey::auth
