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
  wrong_credentials,  // unknown user, wrong password, disabled: never told apart
  rate_limited,       // too many tries: whether this one was right is not told
  sign_up_closed,     // AccountsOptions::sign_up
  // among the first that are tried, made of the user's or the site's name, or leaked
  password_common,
};
std::string_view rejection_name(Rejection rejection) noexcept;
std::string_view rejection_text(Rejection rejection) noexcept;

struct Credentials {
  std::string_view username{};  // a user name or an e-mail address
  std::string_view password{};
};

// Returning is what a client that has logged in before brings along. It is not kept out by what
// others have tried (docs/guessing.md).
struct Returning {
  std::string_view device{};                  // the value of the device cookie
  std::span<const SessionRecord> sessions{};  // valid ones that it showed
};

// AccountOutcome is a new session, or why there is none.
struct AccountOutcome {
  Rejection rejection = Rejection::none;
  Millis retry_after{0};                // rate_limited: no try is allowed before
  std::optional<NewSession> session{};  // set when nothing was rejected
  std::optional<User> user{};           // likewise
  std::string device{};                 // log_in alone: what the device cookie is to hold now
  std::string account{};                // log_in: a keyed hash of the name that was tried, to log
};

// PasswordChange is what became of a change of password.
struct PasswordChange {
  Rejection rejection = Rejection::none;  // none: the password is the new one
  Millis retry_after{0};                  // rate_limited: no try is allowed before
  std::int64_t user_epoch = 0;            // the user's, which the change moved
  // The session that was kept, with the token to write as its cookie. Nothing when none was to be
  // kept or it could not be written again: its user then has to log in with the new password.
  std::optional<NewSession> kept{};
};

// PasswordProof is what became of a password that somebody who is signed in was asked for.
struct PasswordProof {
  Rejection rejection = Rejection::none;  // none: it is the user's
  Millis retry_after{0};                  // rate_limited: no try is allowed before
};

// PasswordCost are Argon2id parameters (RFC 9106). The defaults are the floor; open() refuses less,
// and more than 1 GiB, 64 iterations or 64 lanes.
struct PasswordCost {
  std::uint32_t memory_kib = 19456;
  std::uint32_t iterations = 2;
  std::uint32_t parallelism = 1;
};

// GuessLimits bound how often passwords can be tried; docs/guessing.md says what each is for. The
// client's address is that of CreateOptions::context; without one only accounts are counted.
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
  // A sign-up marks its browser as the user's, as a log-in does, and not only the log-out after it.
  bool device_at_sign_up = false;
};

// SignUp says whether anybody may add an account.
enum class SignUp : std::uint8_t { open, closed };

// LogInTry is what is known of a log-in before its password is looked at.
struct LogInTry {
  std::string_view username{};  // as it was typed
  std::string_view address{};   // of the client; empty: not known
};

struct AccountsOptions {
  PasswordCost cost{};
  std::shared_ptr<const Peppers> peppers{};  // nullptr: passwords are hashed without one
  // site_name is what no new password may be made of, such as "Example Shop". Auth takes its public
  // URL where it is empty.
  std::string site_name{};
  SignUp sign_up = SignUp::open;
  GuessLimits limits{};
  std::uint32_t workers = 0;  // hashes at once; 0: cores - 1, at least 1
  std::uint32_t queue = 64;   // callers that may wait; beyond it calls fail with Errc::overloaded
  // before_log_in is a check of the program's own, such as a captcha or a list of addresses. It is
  // asked before anything is counted, on the calling thread. 0 goes on; a longer time is
  // Rejection::rate_limited with that wait; an Error is what log_in fails with.
  std::function<Result<Millis>(const LogInTry&)> before_log_in{};
  // on_new_device is told of a log-in from a browser that did not show that its user had logged in
  // there before (docs/guessing.md), such as Recovery::tell_log_in. It must not wait for long: the
  // answer to the log-in comes after it.
  std::function<void(const User&, const DeviceContext&)> on_new_device{};
  PasswordCheck is_leaked{};  // of new passwords, which are then password_common; not set: none
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
  // log_in costs the same work for an unknown user. A login that races a change of password and
  // lost is wrong_credentials; one that raced the end of all sessions is Errc::user_changed.
  Result<AccountOutcome> log_in(const Credentials& credentials, const CreateOptions& session,
                                const Returning& client = {});
  // known_device returns what the device cookie is to hold when a session of `user` ends by
  // log-out: the browser stays known. `device` is what it holds. Empty: none could be made.
  std::string known_device(const UserId& user, std::string_view device);
  // change_password needs the current one, ends every session of the user but `keep`, which a
  // validation returned, and beats any login under way with the old one. The kept session gets a
  // new secret, or is issued again: a copied cookie stops working.
  Result<PasswordChange> change_password(const UserId& user, std::string_view current,
                                         std::string_view replacement,
                                         const SessionRecord* keep = nullptr,
                                         const DeviceContext& by = {});
  // check_password tells whether `password` is that of a user who is signed in already, with
  // `session`. It counts as a try to change the password does, and changes nothing.
  Result<PasswordProof> check_password(const UserId& user, std::string_view password,
                                       const SessionRecord* session = nullptr,
                                       const DeviceContext& by = {});
  const AccountsOptions& options() const noexcept;
  // hash_times tells how many passwords were hashed, and how long that took all together.
  HashTimes hash_times() const noexcept;

 private:
  struct Impl;
  explicit Accounts(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey
