#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/hmac_key.h"
#include "session/mint.h"

namespace latchkey::account {

// What a counter is of. The letters stand in the store and are never reused.
enum class Counted : char {
  account = 'a',
  address = 'i',
  network = 'n',
  device = 'd',
  session = 's',
  sign_up = 'u',
  change = 'p',
  mail_for = 'f',  // a name, or the address of a user, that mail was asked for
  mail_by = 'm',   // a client's address that asked for mail
};

// CounterNames names counters without telling what they are of. Thread-safe.
class CounterNames {
 public:
  explicit CounterNames(const session::SlotKey& slot_key);
  std::string key(Counted kind, std::string_view of) const;

 private:
  const crypto::HmacKey names_;
};

// counted_name reads what a key counts, for log lines.
std::string_view counted_name(std::string_view key) noexcept;

// Place is where a request comes from, as far as limits tell addresses apart: what one customer
// gets, and what is around it.
struct Place {
  std::string address{};
  std::string network{};
};
// place_of: nothing where the text is no address.
std::optional<Place> place_of(std::string_view address);

}  // namespace latchkey::account
