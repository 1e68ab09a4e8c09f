#pragma once

#include "latchkey/auth.h"
#include "latchkey/cookie.h"

namespace latchkey::auth {

// session_cookie returns the options of the cookie for `url`, with the scopes of earlier
// configurations that are deleted beside it. Errc::bad_config when no browser would keep the cookie
// (a domain that does not hold the host of `url`) or could hold a former one.
Result<CookieOptions> session_cookie(const PublicUrl& url, const AuthCookie& wanted);

}  // namespace latchkey::auth
