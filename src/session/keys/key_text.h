#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "latchkey/secret.h"

namespace latchkey::session {

// key_id_of names a key by 8 characters that are computed from its secret and tell nothing of it.
std::string key_id_of(std::string_view secret);

// base64_text writes RFC 4648 section 4, with padding.
SecretBytes base64_text(std::span<const std::uint8_t> bytes);

}  // namespace latchkey::session
