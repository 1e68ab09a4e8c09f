#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/accounts.h"
#include "latchkey/device_binding.h"
#include "latchkey/record.h"
#include "latchkey/response_headers.h"
#include "latchkey/result.h"
#include "latchkey/store/event_store.h"
#include "latchkey/time.h"

// One request: who sent it, what they may do, which headers go back. Include auth.h.
namespace latchkey {

// AuthState is who sends a request. Only `user` is signed in.
enum class AuthState : std::uint8_t {
  none,      // nobody: no session, or a bad one
  guest,     // a session without a user: may hold a cart, grants no access
  user,      // a signed-in, enabled user
  expired,   // nobody; the holder of the right token is told why
  revoked,   // likewise
  refused,   // another site sent the request: answer 403 and change nothing
  unproven,  // nobody until the browser proves again that it holds the session's key
};
std::string_view auth_state_name(AuthState state) noexcept;

struct LogInOptions {
  bool remember = true;              // false: ends with the browser and lives shorter
  std::uint8_t level = 1;            // 1 password, 2 and 3 stronger
  std::string attributes{};          // JSON object for the new session
  std::vector<std::string> carry{};  // names of attributes to copy from the guest session
  bool bearer = false;               // for a mobile application: bearer_token() instead of a cookie
};

// Demand is what a page needs beyond a signed-in user.
struct Demand {
  std::uint8_t level = 0;  // at least this one
  Millis max_auth_age{0};  // the last proof of identity is at most this old; 0: any age
  bool bound = false;      // the session is bound to its device
};

// Device is one session of the user, for a list of devices.
struct Device {
  SessionId id{};
  std::string user_agent{};
  std::string address{};
  UnixTime created_at{};
  UnixTime last_seen_at{};
  bool current = false;  // the one this request came with
  bool bound = false;    // to a key that its browser holds
};

// Refusal is why a request from another site was refused; often a proxy or public URL is wrong.
struct Refusal {
  std::string_view reason{};           // as the log has it: "foreign_origin", "unproven_form"
  std::string_view expected_origin{};  // of the public URL
  std::string received_origin{};       // printable and bounded; empty: the request named none
};

// AuthSession is who sends one request and which headers to send back. Auth::begin makes it. It
// belongs to one request and one thread at a time, and must not outlive its Auth.
//
//   if (!session.require({.level = 2})) return answer(session.status(), session.problem());
//   auto done = session.change_password(current, wanted);
//   if (!done) return answer(503);                                  // the store failed
//   if (*done != Rejection::none) return form(rejection_text(*done));  // the user's mistake
//
// Calls that return a Result, except set, set_text and erase, may block on the store, as may
// require and recheck: docs/cpp/threads.md. They fail only if the store or machine fails, or with
// - origin_refused if the state is `refused`,
// - headers_sent if a cookie has to be written and apply() was already called,
// - not_found if there is no session, or it has ended in the meantime.
// After an Error the cookie is kept. status() and problem() then describe the failure.
class AuthSession {
 public:
  ~AuthSession();
  AuthSession(AuthSession&&) noexcept;
  AuthSession& operator=(AuthSession&&) noexcept;

  AuthState state() const noexcept;
  explicit operator bool() const noexcept { return state() == AuthState::user; }
  const UserId& user_id() const noexcept;        // empty unless a user
  const SessionRecord* record() const noexcept;  // of a user or guest, otherwise nullptr
  std::uint8_t level() const noexcept;           // 0 unless a user
  UnixTime authenticated_at() const noexcept;    // the last proof of identity
  bool device_bound() const noexcept;  // the user's session is bound to a key of this browser
  // user returns the store's entry for the user, or nullptr if it has none. May ask the store.
  Result<const User*> user();
  Result<std::vector<Device>> devices();  // newest first; stateless carriers know only this one
  // devices by pages, as whole records. invalid_argument: `after` is no SessionPage::next.
  Result<SessionPage> devices(std::string_view after, std::size_t limit);
  // events of the user, newest first, without operators' details; `after`: EventPage::next.
  Result<EventPage> events(std::string_view after = {}, std::size_t limit = 50);
  DeviceContext client();               // the client, for calls that write events
  std::string_view client_address();    // behind trusted proxies; may be kept with the session
  Millis stale_for() const noexcept;    // over 0: the store failed, and a copy of this age is used
  bool brought_token() const noexcept;  // the request had a session token, valid or not
  std::optional<Refusal> refusal() const;  // set when the state is `refused`

  // sign_up and log_in create a session with a new token and end the browser's previous one. Use
  // `user_id` after your own check (OAuth, a magic link); a disabled user is wrong_credentials.
  Result<Rejection> sign_up(const Credentials& credentials, const LogInOptions& options = {});
  Result<Rejection> log_in(const Credentials& credentials, const LogInOptions& options = {});
  Result<Rejection> log_in(const UserId& user_id, const LogInOptions& options = {});
  // retry_after: the wait after rate_limited (answer 429), also sent as Retry-After. Else 0.
  Millis retry_after() const noexcept;
  // start_guest opens a session without a user. rate_limited: too many from one address.
  Result<void> start_guest();
  Result<bool> log_out();                // false: no session; the cookie is deleted in any case
  Result<std::size_t> log_out_others();  // how many; those of stateless carriers are not counted
  Result<std::size_t> log_out_everywhere();      // likewise, including this one
  Result<bool> end_device(const SessionId& id);  // false: the user has no such session
  // change_password ends every other session of the user.
  Result<Rejection> change_password(std::string_view current, std::string_view wanted);
  // reauthenticate checks the user's password again, with the limits of log_in. If it is right,
  // authenticated_at() becomes now, which meets Demand::max_auth_age. New token, same session.
  Result<Rejection> reauthenticate(std::string_view password);
  // delete_user deletes the user's account permanently and ends all its sessions; require a recent
  // log-in first. False: the store does not know the user, and nothing changed.
  Result<bool> delete_user();
  // raise_level: call it after your check of a second factor. New token, same session.
  Result<void> raise_level(std::uint8_t level);
  Result<void> touch();  // "stay signed in": moves the idle deadline now

  // register_device and refresh_device answer the two routes of DeviceBindingOptions: the session
  // begun for a POST to one of them, passive. What a client gets wrong is an answer, too.
  Result<DeviceAnswer> register_device();
  Result<DeviceAnswer> refresh_device();

  // require: true for a user who meets the demand; false also if the store fails: see failed().
  bool require(const Demand& demand = {});
  // recheck asks the store again, for long-lived connections: if false, close them.
  bool recheck();

  // failed: the last call failed, or a demand was not met. Answer redirect() if it is not empty,
  // otherwise status() and problem().
  bool failed() const noexcept;

  // Attributes, by name; `json` is one JSON value and not null. Changes are sent by commit(), as
  // one write that keeps parallel changes of other names.
  std::optional<std::string> attribute(std::string_view name) const;
  Result<void> set(std::string_view name, std::string_view json);
  Result<void> set_text(std::string_view name, std::string_view text);
  Result<void> erase(std::string_view name);
  bool has_changes() const noexcept;  // commit() has something to send
  Result<void> commit();

  // The response. response_headers is the complete current list: Set-Cookie lines, the rules
  // for caches, and the headers for a failed demand.
  std::span<const HeaderLine> response_headers() const noexcept;
  int status() const noexcept;                     // 200, or 401, 403 or 5xx
  std::string problem() const;                     // application/problem+json for that status
  std::string_view problem_code() const noexcept;  // its `code`, such as "expired"; empty at 200
  // redirect is the target (303) of a page that needs a log-in or a newer one; otherwise empty.
  std::string redirect() const;
  // safe_next returns `wanted`, from a form or a query, if it is a page of this site.
  std::string safe_next(std::string_view wanted) const;
  // cacheable: this answer is the same for everybody. It is private if a cookie is sent with it.
  void cacheable();
  std::string_view bearer_token() const noexcept;  // for the client, after log_in with `bearer`

  // apply sets response_headers() on a response and replaces those it set before; others are kept.
  // Afterwards calls that need a cookie fail with headers_sent.
  template <class Response>
  void apply(Response& response) {
    using Headers = ResponseHeaders<Response>;
    Headers::remove_if(response, [this](std::string_view name, std::string_view value) {
      return replaces(name, value);
    });
    for (const HeaderLine& line : response_headers()) Headers::add(response, line.name, line.value);
    mark_headers_sent();
  }
  void mark_headers_sent() noexcept;
  // replaces returns whether an existing header is replaced by ours.
  bool replaces(std::string_view name, std::string_view value) const noexcept;

 private:
  friend class Auth;
  friend class Pending;
  friend struct AuthParts;
  struct Impl;
  explicit AuthSession(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

// failure_status and failure_problem are the answer to a failed call, such as Auth::begin: usually
// 503, and the application/problem+json for it.
int failure_status(const Error& error) noexcept;
std::string failure_problem(const Error& error);

}  // namespace latchkey
