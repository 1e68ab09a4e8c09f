#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// What the cookie holds. Keep the default, `stored`, unless docs/cpp/carriers.md gives a reason.
//
//   auto auth = latchkey::Auth::open({.store = "sqlite:app.db",
//                                     .public_url = "https://app.example.com",
//                                     .carrier = latchkey::Carrier::sealed,
//                                     .keys = keys});
namespace latchkey {

// Carrier says what the cookie holds. docs/carriers.md compares the carriers.
enum class Carrier : std::uint8_t {
  stored,        // the cookie holds the token, the store the session
  encrypted_id,  // as stored, with the token sealed
  hybrid,        // as stored, with a short snapshot of the session beside the token
  sealed,        // the cookie holds the session, encrypted; the store only a revocation list
  // `signed` everywhere except here, because it is a keyword of C++.
  signed_token,  // the cookie holds the session as a signed JWT that anybody can read
};
// carrier_name returns "stored", "encrypted_id", "hybrid", "sealed" or "signed".
std::string_view carrier_name(Carrier carrier) noexcept;
std::optional<Carrier> find_carrier(std::string_view name) noexcept;
// is_stateless returns whether sessions of `carrier` have no row in the store.
constexpr bool is_stateless(Carrier carrier) noexcept {
  return carrier == Carrier::sealed || carrier == Carrier::signed_token;
}

}  // namespace latchkey
