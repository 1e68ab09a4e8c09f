#pragma once

#include <memory>
#include <string>

#include "latchkey/authjs.h"
#include "latchkey/codec/seal.h"
#include "session/session_shape.h"
#include "session/takeover/foreign.h"

// The systems whose sessions live in their cookies.
namespace latchkey::session {

// make_iron_source reads cookies of iron-session.
std::unique_ptr<ForeignSource> make_iron_source(Sealer sealer, SessionShape shape);

// make_authjs_source reads the session cookies of Auth.js and next-auth.
std::unique_ptr<ForeignSource> make_authjs_source(AuthjsCookies cookies, SessionShape shape);

// JwtShape is what the application signs into its sessions; empty: a token that has it is refused.
struct JwtShape : SessionShape {
  std::string type{};      // the header's `typ`; empty: JWT, or none
  std::string issuer{};    // `iss`
  std::string audience{};  // `aud`, or one of them
};

// make_jwt_source reads HS256 tokens as jose signs them; a token needs `exp`.
std::unique_ptr<ForeignSource> make_jwt_source(SecretBytes key, JwtShape shape);

}  // namespace latchkey::session
