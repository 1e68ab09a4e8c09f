#include "codec/cookie_options.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace latchkey::codec {
namespace {

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) noexcept {
  static constexpr std::string_view kSpecial = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) || kSpecial.find(c) != std::string_view::npos;
  });
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

bool is_printable(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// A browser writes the path of an address with these percent-encoded, or ends it before them, so a
// cookie whose Path holds one is never sent.
constexpr std::string_view kNeverInPath = " \"#<>?\\`{};";

std::string_view path_fault(std::string_view path) noexcept {
  if (!path.starts_with('/')) return "must begin with /";
  if (path.size() > kMaxCookieAttributeBytes) return "is over 1024 octets";
  if (!is_printable(path)) return "must be printable ASCII: percent-encode the rest";
  if (path.find_first_of(kNeverInPath) != std::string_view::npos) {
    return "holds a character that no browser has in a path: percent-encode it, and leave out a "
           "query";
  }
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, slash);
    if (segment == "." || segment == "..") return "holds a dot segment, which browsers resolve";
    path.remove_prefix(slash);
  }
  return {};
}

std::string_view label_fault(std::string_view label) noexcept {
  if (label.empty()) return "has an empty label: remove the dot too many";
  if (label.size() > 63) return "has a label of over 63 octets";
  if (label.front() == '-' || label.back() == '-') return "has a label that begins or ends with -";
  const bool fine = std::all_of(label.begin(), label.end(),
                                [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; });
  return fine ? std::string_view{} : "holds a character that no host name has";
}

// What somebody wrote who had an address in mind and not a host name.
std::string_view address_fault(std::string_view domain) noexcept {
  if (domain.find("://") != std::string_view::npos) return "is an address: leave out the scheme";
  if (domain.find_first_of("/?#@") != std::string_view::npos) return "must be a host name alone";
  if (domain.find('[') != std::string_view::npos || domain.find(':') != domain.rfind(':')) {
    return "is an IP address, which has no subdomains: leave Domain empty";
  }
  if (domain.find(':') != std::string_view::npos) return "must not name a port";
  return {};
}

// A host whose last label is a number is an IPv4 address to browsers.
bool ends_in_number(std::string_view domain) noexcept {
  const std::string_view last = domain.substr(domain.rfind('.') + 1);
  return std::all_of(last.begin(), last.end(), is_digit) || starts_with_ignoring_case(last, "0x");
}

std::string_view domain_fault(std::string_view domain) noexcept {
  if (!is_printable(domain)) return "must be ASCII: write an international name in its xn-- form";
  if (domain.find(' ') != std::string_view::npos) return "must not hold blanks";
  if (const auto fault = address_fault(domain); !fault.empty()) return fault;
  if (domain.starts_with('.')) return "must not begin with a dot: it covers subdomains without one";
  if (domain.ends_with('.')) return "must not end with a dot";
  if (domain.size() > 253) return "is over 253 octets";
  for (std::string_view rest = domain;;) {
    const std::size_t dot = std::min(rest.find('.'), rest.size());
    if (const auto fault = label_fault(rest.substr(0, dot)); !fault.empty()) return fault;
    if (dot == rest.size()) break;
    rest.remove_prefix(dot + 1);
  }
  if (ends_in_number(domain))
    return "is an IP address, which has no subdomains: leave Domain empty";
  if (domain.find('.') == std::string_view::npos) {
    return "is a single label, for which browsers keep no cookies: leave Domain empty, or write "
           "the domain with its ending";
  }
  return {};
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kMost = 80;
  std::string out = "\"";
  for (const char c : text.substr(0, kMost)) out += c >= 0x20 && c < 0x7f ? c : '?';
  return out.append(text.size() > kMost ? "...\"" : "\"");
}

}  // namespace

std::string cookie_fault(const CookieOptions& options) {
  if (!is_token(options.name)) {
    return "the cookie name " + quoted(options.name) + " is not a token (RFC 9110 section 5.6.2)";
  }
  if (options.name.size() > 256) return "the cookie name is over 256 octets";
  if (options.same_site == SameSite::none && !options.secure) return "SameSite=None needs Secure";
  if (options.partitioned && (!options.secure || options.same_site != SameSite::none)) {
    return "Partitioned needs Secure and SameSite=None";
  }
  if (const auto fault = path_fault(options.path); !fault.empty()) {
    return "the cookie path " + quoted(options.path) + " " + std::string(fault);
  }
  if (options.domain.empty()) return std::string(prefix_fault(options));
  if (const auto fault = domain_fault(options.domain); !fault.empty()) {
    return "the cookie domain " + quoted(options.domain) + " " + std::string(fault);
  }
  return std::string(prefix_fault(options));
}

}  // namespace latchkey::codec
