#include "latchkey/accounts.h"

#include <memory>

#include "account_values.h"
#include "addon.h"
#include "base/wipe_freed.h"
#include "latchkey/secret.h"
#include "promise.h"
#include "registry.h"
#include "session_values.h"

// Users with passwords. Hashing takes its time, so every call is a promise.
namespace latchkey::node {
namespace {

using Handle = std::shared_ptr<OpenSessions>;

// Attempt is what somebody typed, copied out of JavaScript.
struct Attempt {
  Attempt(const Call& call, std::size_t name, std::size_t word)
      : username(call.text(name)), password(Text(call.env(), call[word]).view()) {}
  std::string username;
  SecretBytes password;
};

napi_value make_outcome(napi_env env, const AccountOutcome& outcome) {
  const napi_value values[] = {make_rejection(env, outcome.rejection, outcome.retry_after),
                               outcome.session ? make_new_session(env, *outcome.session) : nullptr,
                               make_user(env, outcome.user)};
  return make_list(env, values);
}

// enter(sessions, sign_up, username, password, options, now) returns [rejection, session, user].
napi_value enter(napi_env env, napi_callback_info info) {
  const WipeFreed wiping;  // what the password is copied through (R80)
  const Call call(env, info);
  const auto* handle = call.handle<Handle>(0);
  if (handle == nullptr) return throw_no_handle(env, "open sessions");
  auto given = read_create(Options(env, call[4], Errc::invalid_argument));
  if (!given) return throw_error(env, given.error());
  const UnixTime now = call.time(5);
  if (call.refused()) return nullptr;
  return promise(
      env, password_lane(),
      [open = *handle, sign_up = call.flag(1), attempt = Attempt(call, 2, 3),
       given = *std::move(given), now]() -> Result<AccountOutcome> {
        const CallClock::At at(now);
        const Credentials credentials{attempt.username, attempt.password.insecure_view()};
        const Result<Accounts*> accounts = open->accounts();
        if (!accounts) return accounts.error();
        return sign_up ? (*accounts)->sign_up(credentials, given)
                       : (*accounts)->log_in(credentials, given);
      },
      make_outcome);
}

// change finds whose session the token is, and changes the password of that user.
Result<PasswordChange> change(OpenSessions& open, const SecretBytes& token,
                              const SecretBytes& current, const SecretBytes& replacement) {
  const auto known = with_sessions(open, [&](Sessions& sessions) {
    return sessions.validate(token.insecure_view(), {.touch = false, .fresh = true});
  });
  if (!known) return known.error();
  if (!known->session || known->session->user_id.empty()) {
    return Error{Errc::not_found, "there is no such session, or it has ended"};
  }
  const Result<Accounts*> accounts = open.accounts();
  if (!accounts) return accounts.error();
  return (*accounts)->change_password(known->session->user_id, current.insecure_view(),
                                      replacement.insecure_view(), &*known->session);
}

// change_password(sessions, token, current, replacement, now) returns [rejection, kept]: the
// session of that token stays, with what is to be written as its cookie.
napi_value change_password(napi_env env, napi_callback_info info) {
  const WipeFreed wiping;
  const Call call(env, info);
  const auto* handle = call.handle<Handle>(0);
  if (handle == nullptr) return throw_no_handle(env, "open sessions");
  const UnixTime now = call.time(4);
  if (call.refused()) return nullptr;
  return promise(
      env, password_lane(),
      [open = *handle, token = SecretBytes(Text(env, call[1]).view()),
       current = SecretBytes(Text(env, call[2]).view()),
       replacement = SecretBytes(Text(env, call[3]).view()), now] {
        const CallClock::At at(now);
        return change(*open, token, current, replacement);
      },
      [](napi_env js, const PasswordChange& changed) {
        const napi_value values[] = {make_rejection(js, changed.rejection, changed.retry_after),
                                     changed.kept ? make_new_session(js, *changed.kept) : nullptr};
        return make_list(js, values);
      });
}

}  // namespace

napi_value make_rejection(napi_env env, Rejection rejection, Millis retry_after) {
  if (rejection == Rejection::none) return make_null(env);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(retry_after).count();
  const napi_value values[] = {make_text(env, rejection_name(rejection)),
                               make_text(env, rejection_text(rejection)),
                               make_number(env, static_cast<double>(seconds))};
  return make_list(env, values);
}

void define_accounts(napi_env env, napi_value exports) {
  constexpr Function kFunctions[] = {{"enter", enter}, {"change_password", change_password}};
  define(env, exports, kFunctions);
}

}  // namespace latchkey::node
