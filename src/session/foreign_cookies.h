#pragma once

#include <memory>
#include <string>

#include "latchkey/authjs.h"
#include "latchkey/seal.h"
#include "session/foreign.h"

// The systems whose sessions live in their cookies.
namespace latchkey::session {

// make_iron_source reads cookies of iron-session; `user_path` is where the user's id stands in the
// session. A session that says `"isLoggedIn": false` is nobody's.
std::unique_ptr<ForeignSource> make_iron_source(Sealer sealer, std::string user_path);

// make_authjs_source reads the session cookies of Auth.js and next-auth.
std::unique_ptr<ForeignSource> make_authjs_source(AuthjsCookies cookies, std::string user_path);

// make_jwt_source reads HS256 tokens as jose signs them; a token needs `exp`.
std::unique_ptr<ForeignSource> make_jwt_source(SecretBytes key, std::string user_path);

}  // namespace latchkey::session
