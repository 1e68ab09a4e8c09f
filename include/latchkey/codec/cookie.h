#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "latchkey/result.h"
#include "latchkey/time.h"

// Reading Cookie lines and writing Set-Cookie lines. Auth does both for you.
//
//   const std::string_view lines[] = {"theme=dark; session=abc"};
//   auto match = latchkey::find_cookie(lines, "session");
//   if (match.state == latchkey::CookieMatch::State::found) use(match.value);
namespace latchkey {

// Limits of RFC 6265bis section 5.6 and 5.5. R numbers are those of docs/requirements.md.
inline constexpr std::size_t kMaxCookieBytes = 4096;  // name and value together
inline constexpr std::size_t kMaxCookieAttributeBytes = 1024;
inline constexpr Millis kMaxCookieAge = std::chrono::days{400};

// CookieMatch is what the Cookie header lines of one request say about one name.
struct CookieMatch {
  enum class State : std::uint8_t { absent, found, duplicated };
  State state = State::absent;
  std::string_view value{};  // only when found; points into the header line
};

// find_cookie looks for exactly `name` in all Cookie header lines of a request, in order. Bytes are
// compared as they are: no decoding, no quotes, only SP and HTAB are trimmed, a missing blank after
// ';' is accepted. The same name twice is `duplicated`, which callers treat as no session (R41).
// Other cookies, however malformed, are ignored. No allocation.
CookieMatch find_cookie(std::span<const std::string_view> lines, std::string_view name) noexcept;

enum class SameSite : std::uint8_t { lax, strict, none };

// CookieScope is the scope of a cookie. A browser keeps a cookie for each scope and sends all of
// them, and a name that is sent twice counts as no session.
struct CookieScope {
  std::string domain{};  // empty: host-only
  std::string path = "/";
  friend bool operator==(const CookieScope&, const CookieScope&) = default;
};

// CookieOptions are the attributes every cookie of one name is written with, blank ones included.
struct CookieOptions {
  std::string name = "__Host-session";
  bool secure = true;
  bool http_only = true;
  SameSite same_site = SameSite::lax;
  std::string path = "/";
  std::string domain{};      // empty: host-only, as __Host- demands
  bool partitioned = false;  // CHIPS; needs secure and SameSite=None
  // Where earlier configurations wrote cookies of this name. Log-in and log-out delete them there,
  // too. With a domain the host-only cookie always goes and need not be named.
  std::vector<CookieScope> former{};
  // The host of the public URL, if it is a name: a cookie that comes twice may be of this domain.
  std::string host{};
};

// session_cookie returns the options of a session cookie over https: `__Host-session`, or
// `__Secure-session` with a domain, which the first name forbids.
CookieOptions session_cookie(std::string_view domain = {});

// CookieWriter writes Set-Cookie values for one CookieOptions. Immutable, thread-safe.
class CookieWriter {
 public:
  // make refuses (Errc::bad_config) options a browser would drop or that weaken a prefix: a name
  // that is not a token, __Host- without Secure, Path=/ or with Domain, __Secure- without Secure,
  // SameSite=None without Secure (R31-R38); a path no address has; a domain that is no host name,
  // such as "http://example.com", "example.com:8080", ".example.com", "com" or an IP address. The
  // text names the value and what to write.
  static Result<CookieWriter> make(CookieOptions options);

  // write returns the Set-Cookie value. `expires_at` (persistent cookies) gives Max-Age and
  // Expires, at most 400 days from `now`; nothing makes a cookie that ends with the browser. Fails
  // with too_large over 4096 octets of name and value, invalid_argument for octets a cookie cannot
  // hold.
  Result<std::string> write(std::string_view value, std::optional<UnixTime> expires_at,
                            UnixTime now) const;
  // blank returns the Set-Cookie value that deletes the cookie: same attributes, empty value,
  // Max-Age=0 and the Expires of 1970.
  std::string blank() const;

  const CookieOptions& options() const noexcept { return options_; }

 private:
  explicit CookieWriter(CookieOptions options);
  CookieOptions options_;
  std::string attributes_;
};

}  // namespace latchkey
