#include "latchkey/public_url.h"

#include <charconv>
#include <optional>

#include "base/text.h"
#include "guard/host.h"

namespace latchkey {
namespace {

Error refuse(std::string_view what) {
  return {Errc::bad_config, "public_url: " + std::string(what)};
}

struct Parts {
  bool https = true;
  std::string_view host;
  std::optional<std::uint16_t> port;
};

// split takes "scheme://host[:port]" apart. `text` is in lower case and has no path.
std::optional<Parts> split(std::string_view text) {
  Parts parts;
  if (text.starts_with("https://")) {
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    parts.https = false;
    text.remove_prefix(7);
  } else {
    return std::nullopt;
  }
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == std::string_view::npos) return std::nullopt;
  const std::size_t colon = text.find(':', bracket);
  parts.host = text.substr(0, colon);
  if (colon == std::string_view::npos) return parts;
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failed != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (port == 0 || digits.starts_with('0')) return std::nullopt;
  parts.port = port;
  return parts;
}

// find_flaw names the first thing that keeps `text` from being an origin, or nothing.
std::string_view find_flaw(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) {
      return "write an international host name in its xn-- form";
    }
    if (c <= ' ' || c == 0x7f || c == '\\') return "remove blanks, control characters and '\\'";
  }
  if (text.find('@') != std::string_view::npos) return "remove the user name in front of '@'";
  if (text.find('?') != std::string_view::npos) return "remove the query behind '?'";
  if (text.find('#') != std::string_view::npos) return "remove the fragment behind '#'";
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return "begin with https:// (or http://localhost)";
  if (text.find('/', scheme + 3) != std::string_view::npos) return "remove the path";
  return {};
}

}  // namespace

Result<PublicUrl> PublicUrl::parse(std::string_view text) {
  std::string url = ascii_lower(text);
  const std::size_t scheme = url.find("://");
  if (url.ends_with('/') && scheme != std::string::npos && url.size() > scheme + 3) url.pop_back();
  if (const std::string_view flaw = find_flaw(url); !flaw.empty()) return refuse(flaw);
  const std::optional<Parts> parts = split(url);
  if (!parts) return refuse("write https://HOST or https://HOST:PORT, such as https://example.com");
  if (parts->host.ends_with('.')) return refuse("remove the dot at the end of the host name");
  if (!guard::is_host(parts->host)) {
    return refuse("the host must be a name, an IPv4 address or an IPv6 address in [ ]");
  }

  PublicUrl out;
  out.https_ = parts->https;
  out.loopback_ = guard::is_loopback_host(parts->host);
  const std::uint16_t usual = parts->https ? 443 : 80;
  out.port_ = parts->port.value_or(usual);
  if (!out.https_ && !out.loopback_) {
    return refuse(
        "http is accepted for localhost, 127.0.0.0/8 and [::1] only, because browsers keep "
        "session cookies safe over https alone; write https://" +
        std::string(parts->host));
  }
  out.origin_ = (out.https_ ? "https://" : "http://") + std::string(parts->host);
  // The last label of a name is no number.
  const char last = parts->host.back();
  const bool address = last == ']' || (last >= '0' && last <= '9');
  if (!out.loopback_ && !address) out.host_ = parts->host;
  if (out.port_ != usual) out.origin_ += ':' + std::to_string(out.port_);
  return out;
}

CookieOptions PublicUrl::cookie(std::string_view domain) const {
  CookieOptions options = session_cookie(domain);
  options.host = host_;
  if (!https_) {
    options.name = "session-" + std::to_string(port_);
    options.secure = false;
  }
  return options;
}

bool PublicUrl::same_origin(std::string_view origin) const noexcept {
  if (origin_.empty()) return false;
  if (origin == origin_) return true;
  if (!loopback_) return false;
  const std::optional<Parts> parts = split(origin);
  if (!parts || parts->https != https_) return false;
  const std::uint16_t usual = https_ ? 443 : 80;
  if (parts->port == usual) return false;
  return parts->port.value_or(usual) == port_ && guard::is_loopback_host(parts->host);
}

}  // namespace latchkey
