#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "latchkey/leaked_passwords.h"
#include "latchkey/pepper.h"
#include "latchkey/sessions.h"
#include "latchkey/store/counter_store.h"

// Users with passwords, for programs without HTTP; AuthSession calls this for you.
//
//   auto accounts = latchkey::Accounts::open(store, sessions, {});
//   if (!accounts) return fail(accounts.error().detail);
//   auto outcome = (*accounts)->log_in({name, password}, {});
//   if (!outcome) return fail(outcome.error().detail);  // the store failed
//   if (outcome->rejection != latchkey::Rejection::none) return answer(422);
namespace latchkey {

// Limits of R67 (docs/requirements.md): code points for the minimum, UTF-8 bytes for the maximum.
inline constexpr std::size_t kMinPasswordCodePoints = 15;
inline constexpr std::size_t kMaxPasswordBytes = 1024;

// Rejection is the client's fault and an ordinary value. Texts and codes: docs/http_api.md.
enum class Rejection : std::uint8_t {
  none,
  username_invalid,  // empty, too long, or characters a name may not have
  username_taken,
  password_too_short,
  password_too_long,
  password_invalid,   // not UTF-8
  wrong_credentials,  // unknown user, wrong password or disabled: indistinguishable
  rate_limited,       // too many attempts: does not reveal whether this one was right
  sign_up_closed,     // AccountsOptions::sign_up
  // too common, derived from the name of the user or the site, or leaked
  password_common,
};
std::string_view rejection_name(Rejection rejection) noexcept;
std::string_view rejection_text(Rejection rejection) noexcept;

struct Credentials {
  std::string_view username{};  // a user name or an e-mail address
  std::string_view password{};
};

// Returning is what a client that has logged in before sends with its request. Attempts of others
// do not lock it out (docs/guessing.md).
struct Returning {
  std::string_view device{};                  // the value of the device cookie
  std::span<const SessionRecord> sessions{};  // valid ones that it showed
};

// AccountOutcome is a new session, or why there is none.
struct AccountOutcome {
  Rejection rejection = Rejection::none;
  Millis retry_after{0};                // rate_limited: the wait before the next attempt
  std::optional<NewSession> session{};  // set when nothing was rejected
  std::optional<User> user{};           // likewise
  std::string device{};                 // only log_in: the new value of the device cookie
  std::string account{};                // log_in: a keyed hash of the attempted name, for logs
};

// PasswordChange is the outcome of a change of password.
struct PasswordChange {
  Rejection rejection = Rejection::none;  // none: the password was changed
  Millis retry_after{0};                  // rate_limited: the wait before the next attempt
  std::int64_t user_epoch = 0;            // the user's epoch after the change
  // The session that was kept, with the token for its cookie. Empty if no session was to be kept
  // or it could not be written: the user then has to log in with the new password.
  std::optional<NewSession> kept{};
};

// PasswordProof is the outcome of checking the password of a signed-in user.
struct PasswordProof {
  Rejection rejection = Rejection::none;  // none: the password is right
  Millis retry_after{0};                  // rate_limited: the wait before the next attempt
};

// PasswordCost are Argon2id parameters (RFC 9106). The defaults are the floor; open() refuses less,
// and more than 1 GiB, 64 iterations or 64 lanes.
struct PasswordCost {
  std::uint32_t memory_kib = 19456;
  std::uint32_t iterations = 2;
  std::uint32_t parallelism = 1;
};

// GuessLimits limit how often passwords can be tried; docs/guessing.md explains each. The client's
// address is that of CreateOptions::context; without an address only accounts are counted.
struct GuessLimits {
  bool enabled = true;
  // For each user name, whether it exists or not; the same for each known device, and for each
  // session that changes its password.
  CounterRule account{};
  // Failed log-ins of one IPv4 address or IPv6 /64, and of one IPv4 /24 or IPv6 /48.
  CounterRule address = CounterRule::at_most(20, std::chrono::minutes{10});
  CounterRule network = CounterRule::at_most(100, std::chrono::minutes{10});
  // Sign-ups of one address, successful or not.
  CounterRule sign_ups = CounterRule::at_most(10, std::chrono::hours{1});
  Millis device_life = std::chrono::days{365};  // since the last log-in there
  // A sign-up marks the browser as a known device, as a log-in does.
  bool device_at_sign_up = false;
};

// SignUp says whether anybody may add an account.
enum class SignUp : std::uint8_t { open, closed };

// LogInTry is what is known about a log-in before its password is checked.
struct LogInTry {
  std::string_view username{};  // as it was typed
  std::string_view address{};   // of the client; empty: not known
};

struct AccountsOptions {
  PasswordCost cost{};
  std::shared_ptr<const Peppers> peppers{};  // nullptr: passwords are hashed without one
  // site_name must not be the basis of a new password, such as "Example Shop". If it is empty, Auth
  // uses its public URL.
  std::string site_name{};
  SignUp sign_up = SignUp::open;
  GuessLimits limits{};
  std::uint32_t workers = 0;  // hashes at once; 0: cores - 1, at least 1
  std::uint32_t queue = 64;   // callers that may wait; beyond it calls fail with Errc::overloaded
  // before_log_in is the program's own check, such as a captcha or a list of addresses. It is
  // called before anything is counted, on the calling thread. 0 continues; a longer time is
  // Rejection::rate_limited with that wait; log_in fails with a returned Error.
  std::function<Result<Millis>(const LogInTry&)> before_log_in{};
  // on_new_device is told of a log-in from a browser that did not show that its user had logged in
  // there before (docs/guessing.md), such as Recovery::tell_log_in. It must not wait for long: the
  // answer to the log-in comes after it.
  std::function<void(const User&, const DeviceContext&)> on_new_device{};
  PasswordCheck is_leaked{};  // true refuses a new password as password_common; not set: none
  // insecure_cost_for_tests allows a cost under the floor.
  bool insecure_cost_for_tests = false;
};

// HashTimes are for metrics.
struct HashTimes {
  std::uint64_t count = 0;  // passwords hashed, or checked against a hash
  double seconds = 0;       // all together
};

// Accounts signs users up and logs them in. Thread-safe. Passwords are normalised to NFKC and
// hashed on the calling thread (about 15 ms at the default cost, 19 MiB), at most `workers` at
// once. All calls block: call them from a worker thread and never from an event loop.
class Accounts {
 public:
  // open reads the store's slot key and refuses misuse with Errc::bad_config. `store` and
  // `sessions` must outlive the result.
  static Result<std::unique_ptr<Accounts>> open(Store& store, Sessions& sessions,
                                                AccountsOptions options);
  ~Accounts();

  // sign_up adds a user and opens its first session.
  Result<AccountOutcome> sign_up(const Credentials& credentials, const CreateOptions& session);
  // log_in does the same work for an unknown user. A log-in that loses a race with a change of
  // password is wrong_credentials; with the end of all sessions it is Errc::user_changed.
  Result<AccountOutcome> log_in(const Credentials& credentials, const CreateOptions& session,
                                const Returning& client = {});
  // known_device returns the new value of the device cookie when `user` logs out, so that the
  // browser stays known. `device` is the current value. Empty: none could be made.
  std::string known_device(const UserId& user, std::string_view device);
  // change_password requires the current one and ends every session of the user except `keep`,
  // which a validation returned. Log-ins in progress with the old password fail. The kept session
  // gets a new secret or a new token, so a copied cookie stops working.
  Result<PasswordChange> change_password(const UserId& user, std::string_view current,
                                         std::string_view replacement,
                                         const SessionRecord* keep = nullptr,
                                         const DeviceContext& by = {});
  // check_password checks the password of a user who is already signed in with `session`. It
  // counts as an attempt, as change_password does, and changes nothing.
  Result<PasswordProof> check_password(const UserId& user, std::string_view password,
                                       const SessionRecord* session = nullptr,
                                       const DeviceContext& by = {});
  const AccountsOptions& options() const noexcept;
  // hash_times returns how many passwords were hashed, and how long that took in total.
  HashTimes hash_times() const noexcept;

 private:
  struct Impl;
  explicit Accounts(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey
