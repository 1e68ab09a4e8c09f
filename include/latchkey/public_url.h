#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "latchkey/codec/cookie.h"
#include "latchkey/result.h"

// The address that browsers use. It decides the cookie and which pages may send forms.
//
//   auto url = latchkey::PublicUrl::parse("https://app.example.com");
//   if (!url) return fail(url.error().detail);
namespace latchkey {

// PublicUrl is the address under which browsers reach the application. It decides the cookie's
// name, Secure and the Origin that is expected; the Host header of a request decides nothing.
// Immutable.
class PublicUrl {
 public:
  // parse accepts https://HOST[:PORT], and http:// only for localhost, 127.0.0.0/8 and [::1], since
  // browsers keep Secure cookies from any other http. A single '/' behind it is dropped. Everything
  // else fails with Errc::bad_config and a text that says what to write instead.
  static Result<PublicUrl> parse(std::string_view text);

  // origin is the serialised origin as browsers send it: lower case, no default port, no slash.
  const std::string& origin() const noexcept { return origin_; }
  bool https() const noexcept { return https_; }
  bool loopback() const noexcept { return loopback_; }
  std::uint16_t port() const noexcept { return port_; }

  // cookie returns the options for the session cookie: `__Host-session` with Secure over https, or
  // `__Secure-session` with a domain; `session-PORT` without Secure over http (cookies ignore
  // ports, so the name carries it).
  CookieOptions cookie(std::string_view domain = {}) const;

  // same_origin returns whether an Origin names this application, byte for byte. Of a loopback
  // URL all loopback names with its scheme and port are one origin. `null`, user information, a
  // trailing dot, a default port written out and upper case, which no browser sends, are foreign.
  bool same_origin(std::string_view origin) const noexcept;

 private:
  PublicUrl() = default;
  std::string origin_;
  std::string host_;  // a name; empty for an address and for this machine
  std::uint16_t port_ = 0;
  bool https_ = true;
  bool loopback_ = false;
};

}  // namespace latchkey
