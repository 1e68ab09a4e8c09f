#pragma once

#include <optional>
#include <string_view>

#include "latchkey/ids.h"

namespace latchkey::codec {

// opaque_session_id names the session of another system's opaque token, 1 to 255 characters of
// base64url's alphabet: `lko_` and the first 20 bytes of its SHA-256 (docs/formats/token.md).
// Nothing when `token` has another form.
std::optional<SessionId> opaque_session_id(std::string_view token);

}  // namespace latchkey::codec
