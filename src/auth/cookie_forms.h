#pragma once

#include "latchkey/auth.h"
#include "latchkey/codec/cookie.h"

namespace latchkey::auth {

// session_cookie returns the options of the cookie for `url`, with the scopes of earlier
// configurations that are deleted beside it. Errc::bad_config when no browser would keep the cookie
// (a domain that does not hold the host of `url`) or could hold a former one.
Result<CookieOptions> session_cookie(const PublicUrl& url, const AuthCookie& wanted);

// device_cookie returns the options of the device cookie beside a session cookie: the same place
// and the same prefix, HttpOnly, and a name of its own: `__Host-device` beside `__Host-session`.
CookieOptions device_cookie(const CookieOptions& session);

}  // namespace latchkey::auth
