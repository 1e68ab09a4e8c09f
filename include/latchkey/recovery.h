#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/event_log.h"
#include "latchkey/mail.h"
#include "latchkey/store.h"
#include "latchkey/store/counter_store.h"
#include "latchkey/user_admin.h"

// Forgotten passwords and confirmed e-mail addresses, by single-use links.
//
//   auto recovery = latchkey::Recovery::open(
//       auth.store(), {.send = send, .reset_url = "https://app.example.com/password/reset"});
//   if (!recovery) return fail(recovery.error().detail);
//   (*recovery)->forgot_password(form["username"], session.client());  // and show nothing of it
//   auto done = (*recovery)->reset_password(form["token"], form["password"]);
//   if (done && done->ended) return redirect("/login");  // every session of the user has ended
namespace latchkey {

struct RecoveryOptions {
  SendMail send{};  // who gets the mail; must be set
  // The pages that the links lead to, on the public URL and never on a Host header. `?token=` is
  // added. Empty: there are no such links.
  std::string reset_url{};
  std::string verify_url{};
  Millis reset_life = std::chrono::minutes{15};  // at most 1 h
  Millis verify_life = std::chrono::hours{24};   // at most 7 days
  // How many mails may be asked for: for one name, whether it exists or not, and by one address
  // (IPv6: /64). `account` bounds the mails of tell_log_in to one user, too, on its own count.
  CounterRule account = CounterRule::at_most(3, std::chrono::hours{1});
  CounterRule address = CounterRule::at_most(20, std::chrono::hours{1});
  PasswordCost cost{};                       // of new hashes: that of Accounts
  std::shared_ptr<const Peppers> peppers{};  // likewise
  std::string site_name{};                   // AccountsOptions::site_name
  PasswordCheck is_leaked{};                 // AccountsOptions::is_leaked
  bool insecure_cost_for_tests = false;      // allows a cost under the floor
  EventLog* events = nullptr;                // who is told, such as Auth::events(); nullptr: nobody
  const Clock* clock = nullptr;              // nullptr: system_clock()
  Entropy* entropy = nullptr;                // nullptr: system_entropy()
};

// LinkRequest is the outcome of a request for a mail. It does not reveal whether one was sent.
struct LinkRequest {
  Rejection rejection = Rejection::none;  // none or rate_limited
  Millis retry_after{0};                  // rate_limited: no try is allowed before
};

// UserAddress is where a user gets mail.
struct UserAddress {
  std::string address{};  // empty: nowhere
  bool verified = false;  // a link in a mail to it was followed, or an import said so
};
// address_of reads a user's attributes "email" and "email_verified" (true); a user name that has
// the form of an address is the address of a user without the first.
UserAddress address_of(const User& user);

// ProvenAddress is an address whose owner has followed the link in a mail to it.
struct ProvenAddress {
  UserId user{};
  std::string address{};
};

// LinkUse is the state of a link that confirms an address.
enum class LinkUse : std::uint8_t {
  none,      // unknown, used, too old, or overtaken
  usable,    // the button confirms
  its_user,  // usable by the user it was sent for, signed in
};

// Recovery sends links and accepts each of them once. Limits and events use the client passed as
// `by`: pass AuthSession::client(). A link holds 256 random bits, and the store keeps
// only their hash. It expires soon, and earlier when the password changes. Thread-safe. All calls
// block: they wait for the store, and reset_password hashes a password (about 15 ms).
class Recovery {
 public:
  // open reads the store's slot key and refuses misuse with Errc::bad_config. `store` must outlive
  // the result.
  static Result<std::unique_ptr<Recovery>> open(Store& store, RecoveryOptions options);
  ~Recovery();

  // forgot_password sends a link to the user of that name: to the attribute "email" if it is one,
  // otherwise to the name. A name without a user, or without an address, gets the same answer after
  // the same calls of the store.
  Result<LinkRequest> forgot_password(std::string_view username, const DeviceContext& by = {});
  // knows_reset returns whether a link can still be used, for the linked page. It stays usable.
  Result<bool> knows_reset(std::string_view token);
  // reset_password sets the password of the user whom the link was for, ends every session of
  // theirs and logs nobody in. A rejected password leaves the link usable. Without rejection and
  // without `ended` the link is unknown, used or too old. Hashes on this thread.
  Result<PasswordReset> reset_password(std::string_view token, std::string_view password,
                                       const DeviceContext& by = {});

  // send_verification sends a link to `address`, which the user says is theirs. invalid_argument:
  // it does not have the form of one.
  Result<LinkRequest> send_verification(const User& user, std::string_view address,
                                        const DeviceContext& by = {});
  // look_at_verification returns the state of such a link. It stays usable. `signed_in`: the user
  // of the request.
  Result<LinkUse> look_at_verification(std::string_view token, const UserId& signed_in = {});
  // verify_address uses such a link. Nothing: it is unknown, used or too old, or the password has
  // changed since. The program decides what to do with the address.
  Result<std::optional<ProvenAddress>> verify_address(std::string_view token,
                                                      const DeviceContext& by = {});
  // confirm_address is verify_address, and keeps the address as the user's: address_of then returns
  // it as verified. Nothing, too: the user is disabled, deleted, or has another address by now; or
  // they had none, and are not `signed_in`: a mail that went astray gives nobody their account.
  Result<std::optional<ProvenAddress>> confirm_address(std::string_view token,
                                                       const UserId& signed_in = {},
                                                       const DeviceContext& by = {});

  // tell_changed tells the user by mail that the password has changed, however it did. Failures
  // are logged.
  void tell_changed(const UserId& user);
  // tell_log_in tells the user by mail of a log-in from a browser that was not known; it is for
  // AccountsOptions::on_new_device. A user gets at most RecoveryOptions::account of these mails.
  void tell_log_in(const User& user, const DeviceContext& by);

  const RecoveryOptions& options() const noexcept;

 private:
  struct Impl;
  explicit Recovery(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey
