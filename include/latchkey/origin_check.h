#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/public_url.h"

// Where a request comes from, for programs that do not use Auth, which checks this by itself.
//
//   const auto verdict = latchkey::guard::check_origin(
//       {.method = "POST", .sec_fetch_site = site, .origin = origin, .simple_body = true}, url);
//   if (verdict != latchkey::guard::OriginVerdict::allowed) return answer(403);
namespace latchkey::guard {

// OriginFacts are what a request says about its origin.
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
  foreign_origin,  // Origin is another one, or `null` without a proof that it is ours
  unproven_form,   // neither header, and a form could have sent it
  repeated_header,
};
std::string_view origin_verdict_name(OriginVerdict verdict) noexcept;

// is_safe_method returns whether `method` is safe: GET, HEAD or OPTIONS.
bool is_safe_method(std::string_view method) noexcept;

// check_origin decides whether a request may change something (R48-R51 of docs/requirements.md).
// Call it before looking up the session, also for log-in and sign-up. Passing does not identify
// the user (R57). The complete rule, for example to implement it in another language:
//
//   Sec-Fetch-Site:  absent, other  same-origin  none     same-site, cross-site
//   Origin: absent   no form        allowed      allowed  refused
//   Origin: ours     allowed        allowed      allowed  refused
//   Origin: null     refused        allowed      refused  refused
//   Origin: other    refused        refused      refused  refused
//
// "No form": allowed unless `simple_body`. Values are compared byte for byte. A header that comes
// twice is refused. GET, HEAD and OPTIONS pass.
OriginVerdict check_origin(const OriginFacts& facts, const PublicUrl& url) noexcept;

// shown_origin returns an Origin header fit for a log line or a page: printable, at most 120 bytes.
std::string shown_origin(std::string_view received);

}  // namespace latchkey::guard
