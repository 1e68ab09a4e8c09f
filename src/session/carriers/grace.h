#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "latchkey/entropy.h"
#include "latchkey/record.h"
#include "latchkey/token.h"

// The grace of an optional rotation of the secret: docs/formats/record.md, "Rotation with grace".
namespace latchkey::session {

inline constexpr Millis kMaxGrace = std::chrono::seconds{60};

// seal_grace lets the holder of `old_token` learn `new_token` until `until`, and nobody else.
Result<PreviousSecret> seal_grace(const SessionToken& old_token, const SessionToken& new_token,
                                  UnixTime until, Entropy& entropy);

// open_grace returns the current token when `presented`, a secret whose hash is `hash`, is the
// previous one and the grace has not ended.
std::optional<SessionToken> open_grace(std::string_view presented, const SecretHash& hash,
                                       const SessionRecord& record, UnixTime now);

}  // namespace latchkey::session
