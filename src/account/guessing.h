#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "account/counter_names.h"
#include "account/device_cookie.h"
#include "account/hash_gate.h"
#include "latchkey/accounts.h"

namespace latchkey::account {

// Admission is whether a password may be looked at, and what has been counted for that.
struct Admission {
  bool allowed = true;
  Millis retry_after{0};  // when it is not
  Claim claim{};          // what it takes of the queue of hashes
  std::vector<std::string> counted{};
  bool clears = false;  // a success forgets the first of them; it takes the others back in any case
};

// Guessing counts tries before they are made, so that no number of them at the same time gets past
// a limit (R85), and takes back those that were none. Thread-safe. An Error means that the store
// did not answer: then nobody gets in.
class Guessing {
 public:
  // Errc as the store's: the key that names counters comes out of it.
  static Result<std::unique_ptr<Guessing>> open(Store& store, const GuessLimits& limits,
                                                std::shared_ptr<const SharedKeyRing> keys);

  // before_log_in: `account` is the name as it is compared, `user` the one who has it or a decoy.
  Result<Admission> before_log_in(std::string_view account, const UserId& user,
                                  std::string_view address, const Returning& client, UnixTime now);
  Result<Admission> before_sign_up(std::string_view address, UnixTime now);
  // before_change: of a password by who is signed in; `session` is nullptr when it is not known.
  Result<Admission> before_change(const UserId& user, const SessionRecord* session, UnixTime now);

  // succeeded: the password was right. A failure of the store is logged: the counters run out.
  void succeeded(const Admission& admission);
  // not_judged: the password was not looked at.
  void not_judged(const Admission& admission);

  // reference names an account in the log and in events without telling its name, as in its
  // counter.
  std::string reference(std::string_view account) const;

  const DeviceCookies& devices() const noexcept { return devices_; }

 private:
  Guessing(CounterStore& counters, const GuessLimits& limits, const session::SlotKey& slot_key,
           std::shared_ptr<const SharedKeyRing> keys);

  Result<Admission> take(std::vector<CounterTry> tries, Admission admission, UnixTime now);
  void settle(std::span<const std::string> cleared, std::span<const std::string> returned);

  CounterStore& counters_;
  const GuessLimits limits_;
  const CounterNames names_;
  const DeviceCookies devices_;
};

}  // namespace latchkey::account
