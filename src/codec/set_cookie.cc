#include <algorithm>

#include "codec/time_text.h"
#include "latchkey/cookie.h"

namespace latchkey {
namespace {

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) noexcept {
  static constexpr std::string_view kSpecial = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kSpecial.find(c) != std::string_view::npos;
  });
}

// cookie-octet of RFC 6265bis section 4.1.1.
bool is_cookie_octets(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
  });
}

// av-octet: no control characters and no ';'.
bool is_attribute_octets(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 0x20 && c < 0x7f && c != ';'; });
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

// Browsers match the prefixes without regard to case, so every spelling must keep their rules.
std::string_view prefix_fault(const CookieOptions& options) noexcept {
  const bool host_http = starts_with_ignoring_case(options.name, "__Host-Http-");
  const bool http = starts_with_ignoring_case(options.name, "__Http-") || host_http;
  const bool host = starts_with_ignoring_case(options.name, "__Host-");
  const bool secure = starts_with_ignoring_case(options.name, "__Secure-");
  if ((host || secure || http) && !options.secure) {
    return "a cookie name with this prefix needs Secure";
  }
  if (host && (options.path != "/" || !options.domain.empty())) {
    return "a __Host- cookie needs Path=/ and no Domain";
  }
  if (http && !options.http_only) return "a __Http- cookie needs HttpOnly";
  return {};
}

std::string_view fault_of(const CookieOptions& options) noexcept {
  if (!is_token(options.name)) return "the cookie name is not a token (RFC 9110 section 5.6.2)";
  if (options.name.size() > 256) return "the cookie name is over 256 octets";
  if (options.same_site == SameSite::none && !options.secure) return "SameSite=None needs Secure";
  if (options.partitioned && (!options.secure || options.same_site != SameSite::none)) {
    return "Partitioned needs Secure and SameSite=None";
  }
  if (options.path.empty() || options.path.front() != '/')
    return "the cookie path must begin with /";
  if (!is_attribute_octets(options.path) || !is_attribute_octets(options.domain)) {
    return "cookie path or domain holds an octet that a cookie attribute cannot";
  }
  if (std::max(options.path.size(), options.domain.size()) > kMaxCookieAttributeBytes) {
    return "cookie path or domain is over 1024 octets";
  }
  return prefix_fault(options);
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
  if (const std::string_view fault = fault_of(options); !fault.empty()) {
    return Error{Errc::bad_config, std::string(fault)};
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
