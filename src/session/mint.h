#pragma once

#include <array>
#include <cstdint>

#include "latchkey/entropy.h"
#include "latchkey/ids.h"
#include "latchkey/token.h"

namespace latchkey::session {

using SlotKey = std::array<std::uint8_t, 32>;

// mint_token draws a new id and secret. The id carries the slot tag of `user`, or a random one for
// a guest (an empty id); nothing else about it means anything (R2).
Result<SessionToken> mint_token(const UserId& user, const SlotKey& slot_key, Entropy& entropy);

// mint_secret draws a new secret for an existing id.
Result<SessionToken> mint_secret(const SessionId& id, Entropy& entropy);

// hash_secret is what a store keeps of a token.
SecretHash hash_secret(const SessionToken& token) noexcept;

}  // namespace latchkey::session
