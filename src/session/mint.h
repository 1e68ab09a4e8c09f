#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/declassify.h"
#include "latchkey/entropy.h"
#include "latchkey/ids.h"
#include "latchkey/secret.h"
#include "latchkey/token.h"

namespace latchkey::session {

using SlotKey = std::array<std::uint8_t, 32>;

// mint_token draws a new id and secret. The id carries the slot tag of `user`, or a random one for
// a guest (an empty id); nothing else about it means anything (R2).
Result<SessionToken> mint_token(const UserId& user, const SlotKey& slot_key, Entropy& entropy);

// mint_secret draws a new secret for an existing id.
Result<SessionToken> mint_secret(const SessionId& id, Entropy& entropy);

// hash_secret is what a store keeps of a token with this secret.
SecretHash hash_secret(std::string_view secret) noexcept;
inline SecretHash hash_secret(const SessionToken& token) noexcept {
  return hash_secret(token.insecure_secret());
}
// same_secret tells whether what was shown is what a store keeps, in constant time. Every check of
// a token's secret is this one.
inline bool same_secret(const SecretHash& shown, const SecretHash& kept) noexcept {
  return declassified(equal_ct(shown.bytes, kept.bytes));
}

}  // namespace latchkey::session
