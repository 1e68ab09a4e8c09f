#pragma once

#include <optional>
#include <string_view>

#include "latchkey/secret.h"

namespace latchkey::cli {

// decode_key reads a key written as `format`: text, base64 (either alphabet, padding or not) or
// hex.
std::optional<SecretBytes> decode_key(std::string_view text, std::string_view format);

}  // namespace latchkey::cli
