#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "latchkey/public_url.h"

// Where a request comes from, for programs that do not use Auth, which checks this by itself.
//
//   const auto verdict = latchkey::guard::check_origin(
//       {.method = "POST", .sec_fetch_site = site, .origin = origin, .simple_body = true}, url);
//   if (verdict != latchkey::guard::OriginVerdict::allowed) return answer(403);
namespace latchkey::guard {

// OriginFacts are what a request tells about where it comes from.
struct OriginFacts {
  std::string_view method;
  std::optional<std::string_view> sec_fetch_site;
  std::optional<std::string_view> origin;
  bool repeated = false;     // one of the two headers came more than once
  bool simple_body = false;  // a body a foreign page may send unasked: urlencoded, multipart, text
};

enum class OriginVerdict : std::uint8_t {
  allowed,
  cross_site,      // Sec-Fetch-Site says so
  foreign_origin,  // Origin is another one, or `null`
  unproven_form,   // neither header, and a form could have sent it
  repeated_header,
};
std::string_view origin_verdict_name(OriginVerdict verdict) noexcept;

// is_safe_method tells whether `method` promises to change nothing: GET, HEAD, OPTIONS.
bool is_safe_method(std::string_view method) noexcept;

// check_origin decides whether a request may change something (R48-R51). It stands before any look
// at the session, also for log-in and sign-up. Both headers must agree when both are there; a value
// of Sec-Fetch-Site that is not known counts as none. Passing proves nothing about who asks (R57).
OriginVerdict check_origin(const OriginFacts& facts, const PublicUrl& url) noexcept;

}  // namespace latchkey::guard
