#pragma once

#include <optional>
#include <string_view>

#include "latchkey/ids.h"

namespace latchkey::codec {

// TokenParts are what an `lk1_` token says. `secret` is a view into its text: not a copy that would
// have to be wiped.
struct TokenParts {
  SessionId id{};
  std::string_view secret{};
};

// split_token returns nothing unless `text` has the exact length, prefix and alphabet.
std::optional<TokenParts> split_token(std::string_view text) noexcept;

}  // namespace latchkey::codec
