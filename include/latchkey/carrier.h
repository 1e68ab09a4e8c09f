#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace latchkey {

// Carrier says how a session travels. docs/carriers.md tells which is for whom.
enum class Carrier : std::uint8_t {
  stored,        // the cookie holds the token, the store the session
  encrypted_id,  // as stored, with the token sealed
  hybrid,        // as stored, with a short snapshot of the session beside the token
  sealed,        // the cookie holds the session, encrypted; the store only what ended early
  signed_token,  // the cookie holds the session as a signed JWT that anybody can read
};
// carrier_name returns "stored", "encrypted_id", "hybrid", "sealed" or "signed".
std::string_view carrier_name(Carrier carrier) noexcept;
std::optional<Carrier> find_carrier(std::string_view name) noexcept;
// is_stateless tells whether no row holds the sessions of `carrier`.
constexpr bool is_stateless(Carrier carrier) noexcept {
  return carrier == Carrier::sealed || carrier == Carrier::signed_token;
}

}  // namespace latchkey
