#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "latchkey/codec/jwt.h"

namespace latchkey::codec {

inline constexpr std::size_t kMaxJwtDepth = 16;

// JwtTimes are the dates a verified token shows.
struct JwtTimes {
  std::optional<UnixTime> expires_at, issued_at;
};

// check_jwt_claims applies the strict rules to authentic claims.
std::optional<JwtReason> check_jwt_claims(std::string_view claims, const JwtRules& rules,
                                          UnixTime now, JwtTimes& times);

// add_jwt_claims writes iat, exp, iss and aud behind `claims`; nothing when it has one of them or
// is no strict object.
std::optional<std::string> add_jwt_claims(std::string_view claims, const JwtRules& rules,
                                          std::optional<UnixTime> expires_at, UnixTime now);

}  // namespace latchkey::codec
