#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace latchkey::codec {

// ClaimText is a member's name and its value as JSON text.
using ClaimText = std::pair<std::string_view, std::string>;

// with_claims returns the JSON object `claims` with `added` behind its members, in place of members
// of the same names; nothing when it is not an object.
std::optional<std::string> with_claims(std::string_view claims,
                                       std::initializer_list<ClaimText> added);

}  // namespace latchkey::codec
