#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/codec/seal.h"

namespace latchkey::codec {

// What iron-session puts around a seal. Version 9 is followed; what version 8 did differently has a
// function of its own.

// kIronSuffix goes behind every seal. The MAC does not cover it.
inline constexpr std::string_view kIronSuffix = "~2";

// IronCookie is a cookie's value taken apart at its first `~`. `version` is the number behind it as
// parseInt reads it; 0 when there is none.
struct IronCookie {
  std::string_view seal;
  int version = 0;
};
IronCookie split_iron_cookie(std::string_view value) noexcept;

// iron_session_value returns the session an opened seal holds: null reads as an empty object.
std::string iron_session_value(std::string_view json);
// unwrap_persistent returns the session of a cookie that is not of version 2, as version 8 did:
// what is in its member `persistent`.
std::string unwrap_persistent(std::string_view json);
// iron_session_reason is the word version 9 reports: expired, unknown-password or invalid.
std::string_view iron_session_reason(SealReason reason) noexcept;
// iron_session_primary returns the index of the id that seals, which is the greatest number;
// nothing when there is no id or one is not a whole number.
std::optional<std::size_t> iron_session_primary(const std::vector<std::string_view>& ids) noexcept;

}  // namespace latchkey::codec
