#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/sessions.h"

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
};
std::string_view rejection_name(Rejection rejection) noexcept;
std::string_view rejection_text(Rejection rejection) noexcept;

struct Credentials {
  std::string_view username{};  // a user name or an e-mail address
  std::string_view password{};
};

// AccountOutcome is a new session, or why there is none.
struct AccountOutcome {
  Rejection rejection = Rejection::none;
  std::optional<NewSession> session{};  // set when nothing was rejected
  std::optional<User> user{};           // likewise
};

// PasswordChange is what became of a change of password.
struct PasswordChange {
  Rejection rejection = Rejection::none;  // none: the password is the new one
  std::int64_t user_epoch = 0;            // the user's, which the change moved
  // The session that was kept, with the token to write as its cookie. Nothing when none was to be
  // kept or it could not be written anew: its user then has to log in with the new password.
  std::optional<NewSession> kept{};
};

// PasswordCost are Argon2id parameters (RFC 9106). The defaults are the floor; make() refuses less,
// and more than 1 GiB, 64 iterations or 64 lanes.
struct PasswordCost {
  std::uint32_t memory_kib = 19456;
  std::uint32_t iterations = 2;
  std::uint32_t parallelism = 1;
};

struct AccountsOptions {
  PasswordCost cost{};
  std::uint32_t workers = 0;  // hashes at once; 0: cores - 1, at least 1
  std::uint32_t queue = 64;   // callers that may wait; beyond it calls fail with Errc::overloaded
  // insecure_cost_for_tests allows a cost under the floor.
  bool insecure_cost_for_tests = false;
};

// Accounts signs users up and logs them in. Thread-safe. Passwords are normalised to NFKC and
// hashed on the calling thread (about 15 ms at the default cost, 19 MiB), at most `workers` at
// once, so call it from a worker thread and never from an event loop.
class Accounts {
 public:
  // make refuses misuse with Errc::bad_config. `store` and `sessions` must outlive the result.
  static Result<std::unique_ptr<Accounts>> make(Store& store, Sessions& sessions,
                                                AccountsOptions options);
  ~Accounts();

  // sign_up adds a user and opens its first session.
  Result<AccountOutcome> sign_up(const Credentials& credentials, const CreateOptions& session);
  // log_in costs the same work for an unknown user. A login that races a change of password and
  // lost is wrong_credentials; one that raced the end of all sessions is Errc::user_changed.
  Result<AccountOutcome> log_in(const Credentials& credentials, const CreateOptions& session);
  // change_password needs the current one, ends every session of the user but `keep`, which a
  // validation returned, and beats any login under way with the old one. The kept session gets a
  // new secret, or is issued anew: whoever copied its cookie is out too.
  Result<PasswordChange> change_password(const UserId& user, std::string_view current,
                                         std::string_view replacement,
                                         const SessionRecord* keep = nullptr);

 private:
  struct Impl;
  explicit Accounts(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey
