#include <algorithm>

#include "codec/cookie_options.h"
#include "codec/text/time_text.h"
#include "latchkey/codec/cookie.h"

namespace latchkey {
namespace {

// cookie-octet of RFC 6265bis section 4.1.1.
bool is_cookie_octets(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
  });
}

std::string_view same_site_text(SameSite value) noexcept {
  switch (value) {
    case SameSite::strict:
      return "; SameSite=Strict";
    case SameSite::none:
      return "; SameSite=None";
    case SameSite::lax:
      break;
  }
  return "; SameSite=Lax";
}

}  // namespace

CookieOptions session_cookie(std::string_view domain) {
  CookieOptions options;
  options.domain = domain;
  if (!domain.empty()) options.name = "__Secure-session";
  return options;
}

Result<CookieWriter> CookieWriter::make(CookieOptions options) {
  if (std::string fault = codec::cookie_fault(options); !fault.empty()) {
    return Error{Errc::bad_config, std::move(fault)};
  }
  return CookieWriter(std::move(options));
}

CookieWriter::CookieWriter(CookieOptions options) : options_(std::move(options)) {
  attributes_ = "; Path=" + options_.path;
  if (!options_.domain.empty()) attributes_ += "; Domain=" + options_.domain;
  if (options_.http_only) attributes_ += "; HttpOnly";
  if (options_.secure) attributes_ += "; Secure";
  attributes_ += same_site_text(options_.same_site);
  if (options_.partitioned) attributes_ += "; Partitioned";
}

Result<std::string> CookieWriter::write(std::string_view value, std::optional<UnixTime> expires_at,
                                        UnixTime now) const {
  if (!is_cookie_octets(value)) {
    return Error{Errc::invalid_argument, "the value holds an octet that a cookie cannot carry"};
  }
  if (const std::size_t size = options_.name.size() + value.size(); size > kMaxCookieBytes) {
    return Error{Errc::too_large, "cookie name and value are " + std::to_string(size) +
                                      " octets; browsers keep at most 4096"};
  }
  std::string out = options_.name;
  out.append("=").append(value);
  if (expires_at) {
    const Millis age = std::clamp(Millis{*expires_at - now}, Millis{0}, kMaxCookieAge);
    // Rounded up: a cookie that ends a moment after its session is harmless, the other way round
    // not.
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(age);
    out.append("; Max-Age=").append(std::to_string(seconds.count()));
    out.append("; Expires=").append(codec::imf_fixdate(add(now, seconds)));
  }
  return out + attributes_;
}

std::string CookieWriter::blank() const {
  return options_.name + "=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT" + attributes_;
}

}  // namespace latchkey
