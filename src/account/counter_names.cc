#include "account/counter_names.h"

#include <array>

#include "base/base64url.h"
#include "crypto/digest.h"
#include "latchkey/address.h"

namespace latchkey::account {
namespace {

crypto::Digest256 name_key(const session::SlotKey& slot_key) noexcept {
  return crypto::hmac_sha256(slot_key, crypto::as_bytes("latchkey counters 1"));
}

}  // namespace

CounterNames::CounterNames(const session::SlotKey& slot_key)
    : names_(crypto::Hash::sha256, name_key(slot_key)) {}

std::string CounterNames::key(Counted kind, std::string_view of) const {
  const char letter = static_cast<char>(kind);
  std::array<std::uint8_t, 32> mac;
  names_.mac({crypto::as_bytes({&letter, 1}), crypto::as_bytes(of)}, mac);
  constexpr std::size_t kOctets = 15;
  return std::string{letter, ':'} + base64url_encode(std::span(mac).first(kOctets));
}

std::string_view counted_name(std::string_view key) noexcept {
  switch (static_cast<Counted>(key.front())) {
    case Counted::account:
      return "account";
    case Counted::address:
      return "address";
    case Counted::network:
      return "network";
    case Counted::sign_up:
      return "sign_up";
    case Counted::change:
      return "session";
    case Counted::mail_for:
      return "mail_for";
    case Counted::mail_by:
      return "mail_by";
    default:
      return "device";
  }
}

std::optional<Place> place_of(std::string_view address) {
  const auto parsed = guard::Address::parse(address);
  if (!parsed) return std::nullopt;
  const bool v6 = parsed->is_v6();
  return Place{parsed->network(v6 ? 64 : 32).text(), parsed->network(v6 ? 48 : 24).text()};
}

}  // namespace latchkey::account
