#include "latchkey/origin_check.h"

namespace latchkey::guard {

std::string_view origin_verdict_name(OriginVerdict verdict) noexcept {
  switch (verdict) {
    case OriginVerdict::allowed:
      return "allowed";
    case OriginVerdict::cross_site:
      return "cross_site";
    case OriginVerdict::foreign_origin:
      return "foreign_origin";
    case OriginVerdict::unproven_form:
      return "unproven_form";
    case OriginVerdict::repeated_header:
      return "repeated_header";
  }
  return "unknown";
}

bool is_safe_method(std::string_view method) noexcept {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

OriginVerdict check_origin(const OriginFacts& facts, const PublicUrl& url) noexcept {
  if (is_safe_method(facts.method)) return OriginVerdict::allowed;
  if (facts.repeated) return OriginVerdict::repeated_header;
  const std::string_view site = facts.sec_fetch_site.value_or("");
  // Under `Referrer-Policy: no-referrer` a form of our own pages is sent with this pair. Frames,
  // sandboxed ones too, and foreign pages send `null` with cross-site.
  if (facts.origin == "null" && site == "same-origin") return OriginVerdict::allowed;
  if (facts.origin && !url.same_origin(*facts.origin)) return OriginVerdict::foreign_origin;
  if (site == "cross-site" || site == "same-site") return OriginVerdict::cross_site;
  if (site == "same-origin" || site == "none" || facts.origin) return OriginVerdict::allowed;
  return facts.simple_body ? OriginVerdict::unproven_form : OriginVerdict::allowed;
}

}  // namespace latchkey::guard
