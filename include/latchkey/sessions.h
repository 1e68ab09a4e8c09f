#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/carrier.h"
#include "latchkey/codec/cookie.h"
#include "latchkey/detail/session_base.h"
#include "latchkey/entropy.h"
#include "latchkey/event_log.h"
#include "latchkey/keyring.h"
#include "latchkey/policy.h"
#include "latchkey/record.h"
#include "latchkey/result.h"
#include "latchkey/session_calls.h"
#include "latchkey/store.h"
#include "latchkey/time.h"
#include "latchkey/token.h"

// Sessions without HTTP: the layer below Auth. docs/cpp/sessions.md
//
//   auto sessions = latchkey::Sessions::open(store, {});
//   if (!sessions) return fail(sessions.error().detail);
//   auto known = (*sessions)->validate(token, {.with_user = true});
//   if (!known) return answer(503);  // the store failed: this is not a log-out
//   if (known->state != latchkey::SessionState::active) return answer(401);
namespace latchkey {

struct RotateOptions {
  std::optional<std::uint8_t> level{};  // a new level also sets authenticated_at; it has no grace
  // For periodic rotation: the old secret gets the same new one for this long, at most 60 s. Needs
  // `current`, the token the client showed, which must be the session's.
  Millis grace = Millis{0};
  const SessionToken* current = nullptr;
};

struct AttachOptions {
  CreateOptions create{};
  std::vector<std::string> carry{};  // names of attributes to copy from the guest session
};

// Updated is a session after a change. A `token` must be written as its new cookie.
struct Updated {
  SessionRecord record{};
  std::optional<SessionToken> token{};
};

// OthersRevoked lists what was ended: only sessions that have rows are known by id.
struct OthersRevoked {
  std::vector<SessionId> ids{};
  Updated kept{};
};

inline constexpr Millis kMaxSnapshot = std::chrono::minutes{5};

struct SessionsOptions {
  Policy policy{};
  CookieOptions cookie{};
  Carrier carrier = Carrier::stored;
  std::shared_ptr<const SharedKeyRing> keys{};  // for every carrier but `stored`
  Millis snapshot = std::chrono::seconds{60};   // hybrid: at most kMaxSnapshot
  std::uint32_t max_chunks = 1;                 // cookies a long text may be cut into, at most 4
  // seal_format is written by `sealed` and `hybrid`: 2 once no program runs, or may come back, that
  // reads 1 only. Both are read. docs/carriers.md, "Revision".
  std::uint32_t seal_format = 1;
  bool migrating = false;  // "end the others" also ends sessions not yet taken over, by the epoch
  Millis touch_every = std::chrono::seconds{1};  // touches are written in groups this often
  std::uint32_t guests_per_minute = 60;          // for each client address
  const Clock* clock = nullptr;                  // nullptr: system_clock()
  Entropy* entropy = nullptr;                    // nullptr: system_entropy()
  EventLog* events = nullptr;                    // outlives the Sessions; nullptr: no events
};

// Sessions manages the sessions of one store. Thread-safe; never throws. A failed store is an Error
// and never looks like a missing session.
//
// All calls block: they wait for the store, and those that change something until the change is
// durable. On a thread that serves other connections use Auth::begin_now, or a store in memory.
// Touches are queued and written by a thread of its own; the destructor writes what is queued.
//
// revoke, update, rotate, attach and touch take an id or a record. By record, as a validation
// returned it, they work with every carrier and may return a token to write. By id they need rows:
// with a stateless carrier they fail with Errc::unsupported.
class Sessions : public detail::SessionBase {
 public:
  // Stats are for metrics.
  struct Stats {
    std::uint64_t secrets_in_grace = 0;  // an old secret was used in the grace of its rotation
    std::uint64_t secrets_wrong = 0;     // a wrong secret, or an old one after its grace
    std::uint64_t users_disabled = 0;    // a right token of a user who is disabled
  };

  // open reads the store's slot key. `store` must outlive the result. Misuse is Errc::bad_config.
  static Result<std::unique_ptr<Sessions>> open(Store& store, SessionsOptions options);
  ~Sessions();

  // create makes a session for `user` with a new id; never adopts one. Durable when it returns.
  Result<NewSession> create(const UserId& user, const CreateOptions& options = {});
  // create_guest makes a session without a user. rate_limited over guests_per_minute.
  Result<NewSession> create_guest(const CreateOptions& options = {});
  // validate decides about a token from a cookie. Anything a client can send is an ordinary value.
  Result<Validation> validate(std::string_view token, const ValidateOptions& options = {});
  // list returns the live sessions of `user`, newest first. Stateless carriers: unsupported.
  Result<SessionPage> list(const UserId& user, std::string_view after = {}, std::size_t limit = 50);

  // revoke ends a session. False: there was none. `by` is the requester, for the event.
  Result<bool> revoke(const SessionId& id, EndReason reason = EndReason::logout,
                      const DeviceContext& by = {});
  Result<bool> revoke(const SessionRecord& session, EndReason reason = EndReason::logout,
                      const DeviceContext& by = {});
  // revoke_user ends every session of `user` except `except`. Returns the ids it ended. A stateless
  // session cannot be excepted (unsupported).
  Result<std::vector<SessionId>> revoke_user(const UserId& user,
                                             std::optional<SessionId> except = std::nullopt,
                                             const DeviceContext& by = {});

  // update applies a JSON merge patch (RFC 7396) to the attributes. Parallel updates of a row are
  // all kept; of parallel updates of a stateless session the cookie written last wins. With
  // `presented`, the client's cookie, a hybrid session gets a new snapshot at once.
  Result<SessionRecord> update(const SessionId& id, std::string_view merge_patch);
  Result<Updated> update(const SessionRecord& session, std::string_view merge_patch,
                         std::string_view presented = {});
  // rotate gives the session a new secret and keeps its id; a stateless session gets a new id.
  Result<NewSession> rotate(const SessionId& id, const RotateOptions& options = {});
  Result<NewSession> rotate(const SessionRecord& session, const RotateOptions& options = {});
  // attach turns a guest's session into one of `user`: new id, new secret, the guest session ends.
  Result<NewSession> attach(const SessionId& guest, const UserId& user,
                            const AttachOptions& options = {});
  Result<NewSession> attach(const SessionRecord& guest, const UserId& user,
                            const AttachOptions& options = {});
  // touch moves the idle deadline now, without the queue ("stay signed in"). With
  // Policy::renew_cookie it returns `presented`, the client's cookie, as the token to write.
  Result<SessionRecord> touch(const SessionId& id);
  Result<Updated> touch(const SessionRecord& session, std::string_view presented = {});

  // prune deletes rows that expired kTombstoneLife ago or earlier, and outdated counters,
  // revocations, one-time secrets and events, in batches. Returns how many rows it deleted.
  Result<std::size_t> prune();
  // flush writes queued touches now.
  Result<void> flush();
  Stats stats() const noexcept;

 private:
  explicit Sessions(std::unique_ptr<Impl> impl);
};

}  // namespace latchkey
