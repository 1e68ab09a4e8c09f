#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "latchkey/entropy.h"
#include "latchkey/result.h"
#include "latchkey/secret.h"
#include "latchkey/time.h"

// Reads and writes the session cookies of Auth.js, for programs that move from it.
namespace latchkey {

// Session cookies of Auth.js: next-auth 4 (A256GCM) and @auth/core (A256CBC-HS512, with a key id).
enum class AuthjsVersion : std::uint8_t { v4, v5 };

struct AuthjsOptions {
  AuthjsVersion version = AuthjsVersion::v5;
  // For v5 the cookie's name: `authjs.session-token`, or `__Secure-authjs.session-token`, which has
  // other keys. Empty for the session of v4; its other cookies use their name.
  std::string salt = "authjs.session-token";
  Entropy* entropy = nullptr;  // nullptr: system_entropy()
};

// JoseError says why a token is refused, as the npm package jose would: the name of its class, its
// stable code (empty for a TypeError), and for claims the claim and the reason.
struct JoseError {
  std::string name;
  std::string code;
  std::string message;
  std::string claim;
  std::string reason;
};

// JoseToken is an authentic token that passed the checks; both texts are JSON objects as they came.
struct JoseToken {
  std::string payload;
  std::string protected_header;
};

using JoseOutcome = std::variant<JoseToken, JoseError>;

// AuthjsCookies reads and writes them. Immutable, thread-safe.
class AuthjsCookies {
 public:
  // make derives the keys. The first secret writes; v5 reads with all of them by key id, and
  // without a key id with the first only; v4 has one secret. bad_config when there is none or one
  // is empty.
  static Result<AuthjsCookies> make(const std::vector<SecretBytes>& secrets,
                                    const AuthjsOptions& options);
  ~AuthjsCookies();
  AuthjsCookies(AuthjsCookies&&) noexcept;
  AuthjsCookies& operator=(AuthjsCookies&&) noexcept;

  // encode encrypts `claims`, a JSON object, with new iat, exp and jti.
  Result<std::string> encode(std::string_view claims, Millis max_age, UnixTime now) const;
  // decode opens a cookie's value; 15 s of clock tolerance, as both versions have.
  JoseOutcome decode(std::string_view token, UnixTime now) const;

 private:
  struct Impl;
  explicit AuthjsCookies(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey
