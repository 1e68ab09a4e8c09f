#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/ids.h"
#include "latchkey/record.h"
#include "latchkey/store.h"
#include "latchkey/time.h"
#include "latchkey/token.h"

// The options and results of the calls of Sessions: see
// latchkey/sessions.h.
namespace latchkey {

// DeviceContext describes where a request comes from. Its texts are cut and cleaned. They are
// copies: what a framework returns for a header is often a temporary.
struct DeviceContext {
  std::string user_agent{};
  std::string address{};
  std::string request_id{};  // for events only
  bool new_device = false;   // likewise: the user has not logged in from there before
};

struct CreateOptions {
  std::string attributes{};  // JSON object, <= 8192 bytes; empty: {}
  DeviceContext context{};
  bool remember = true;  // false: ends with the browser and lives shorter (Policy::browser_*)
  std::uint8_t level = 1;
  bool authenticated = true;  // false: nobody proved who they are just now; authenticated_at is 0
  // The user's epoch as read before the password was checked; a login that raced a change of
  // password then fails with Errc::user_changed.
  std::optional<std::int64_t> user_epoch{};
};

// NewSession is a session together with the only copy of its token.
struct NewSession {
  SessionToken token;
  SessionRecord record{};
};

enum class SessionState : std::uint8_t {
  none,     // no, malformed or unknown token, or a wrong secret
  expired,  // past a deadline; told only to the holder of the right secret
  revoked,  // ended; told only to the holder of the right secret
  active,
};
std::string_view session_state_name(SessionState state) noexcept;

// Validation is the answer for one token. `session` is set only when active.
struct Validation {
  SessionState state = SessionState::none;
  std::optional<SessionRecord> session{};
  std::optional<User> user{};  // only with_user
  bool fresh = false;          // the cookie should be written again (renew_cookie, rotation)
  // The token to write when `fresh`. Set without `fresh`, it is a hybrid token with a new snapshot,
  // worth writing when a cookie costs nothing.
  std::optional<SessionToken> token{};
  bool keep_cookie = false;    // do not delete it: its key may not have reached this node yet
  bool from_snapshot = false;  // hybrid: no store was asked
  Millis stale_for{0};         // over 0: a copy of this age, because the store failed
  // The token is right, and its user is disabled: `none`, and for the log alone. A client is told
  // what it would be told of an unknown token.
  bool user_disabled = false;
};

struct ValidateOptions {
  bool touch = true;          // counts as activity
  bool with_user = false;     // one round trip with the user; a disabled user has no session
  bool fresh = false;         // ask the store, not a cache
  bool snapshot_ok = false;   // hybrid: one may answer. Never where level or recency matter
  bool lazy_user = false;     // a snapshot may answer with_user too; then `user` is not set
  bool stale_ok = false;      // see FindOptions
  bool disabled_too = false;  // only to end a session: it must not come back with its user
  Wait wait = Wait::allowed;  // never: Errc::would_wait without a touch or another effect
};

// TokenCheck is one of the tokens that validate_all decides about.
struct TokenCheck {
  std::string_view token{};
  ValidateOptions options{};
  std::optional<UnixTime> now{};  // nothing: the clock's
};

// CreateRequest is one of the sessions that create_all makes.
struct CreateRequest {
  UserId user{};  // empty: a guest
  CreateOptions options{};
  std::optional<UnixTime> now{};  // nothing: the clock's
};

}  // namespace latchkey
