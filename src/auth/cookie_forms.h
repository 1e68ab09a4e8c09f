#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/auth.h"
#include "latchkey/cookie.h"

namespace latchkey::auth {

// session_cookie returns the options of the cookie for `url`. Errc::bad_config when no browser
// would keep it: a domain that does not hold the host of `url`.
Result<CookieOptions> session_cookie(const PublicUrl& url, const AuthCookie& wanted);

// CookieForms are the forms, other than today's, in which an earlier configuration may have left
// the cookie in a browser: host-only where there is a domain now, and those the operator names. To
// a server they look alike, so they are deleted without knowing whether they are there. Immutable.
class CookieForms {
 public:
  static Result<CookieForms> make(const CookieOptions& current,
                                  std::span<const FormerCookie> former);

  // blank_others returns the Set-Cookie values that delete other forms of what `lines`, the Cookie
  // header, brings. `everywhere`: also forms that this address would not have been sent.
  std::vector<std::string> blank_others(std::span<const std::string_view> lines,
                                        bool everywhere) const;

 private:
  std::string name_;
  std::vector<CookieOptions> others_;
};

}  // namespace latchkey::auth
