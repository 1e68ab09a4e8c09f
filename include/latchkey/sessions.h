#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/attributes.h"
#include "latchkey/carrier.h"
#include "latchkey/codec/cookie.h"
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
  std::vector<std::string> carry{};  // the guest's attributes that move over; others do not
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
  bool migrating = false;  // "end the others" also ends what waits to be taken over, by the epoch
  Millis touch_every = std::chrono::seconds{1};  // touches are written in groups this often
  std::uint32_t guests_per_minute = 60;          // for each client address
  const Clock* clock = nullptr;                  // nullptr: system_clock()
  Entropy* entropy = nullptr;                    // nullptr: system_entropy()
  EventLog* events = nullptr;                    // outlives the Sessions; nullptr: no events
};

// Sessions manages the sessions of one store. Thread-safe. It never throws; a failed store is an
// Error and never looks like a missing session. Touches are queued and written by a thread of its
// own; the destructor writes what is queued.
class Sessions {
 public:
  // open reads the store's slot key. `store` must outlive the result. Misuse is Errc::bad_config.
  static Result<std::unique_ptr<Sessions>> open(Store& store, SessionsOptions options);
  ~Sessions();

  // create makes a session for `user` with a new id; never adopts one. Durable when it returns.
  Result<NewSession> create(const UserId& user, const CreateOptions& options = {});
  // create_guest makes a session without a user. rate_limited over guests_per_minute.
  Result<NewSession> create_guest(const CreateOptions& options = {});
  // validate decides about a token from a cookie. Anything a client can send is an ordinary value.
  Result<Validation> validate(std::string_view token, const ValidateOptions& options = {});
  // validate_all and create_all do the same for each of many, in their order, with as few questions
  // to the store as it takes for 64 of them. Each has an outcome of its own. Where no row holds the
  // sessions they are done one after another.
  std::vector<Result<Validation>> validate_all(std::span<const TokenCheck> checks);
  std::vector<Result<NewSession>> create_all(std::span<const CreateRequest> requests);
  // revoke ends a session. False: there was none. `by` is who asks for it, for the event.
  Result<bool> revoke(const SessionId& id, EndReason reason = EndReason::logout,
                      const DeviceContext& by = {});
  Result<bool> revoke(const SessionRecord& session, EndReason reason = EndReason::logout,
                      const DeviceContext& by = {});
  // revoke_user ends every session of `user` but `except`. Returns the ids it ended. A stateless
  // session cannot be excepted (unsupported): see revoke_others.
  Result<std::vector<SessionId>> revoke_user(const UserId& user,
                                             std::optional<SessionId> except = std::nullopt,
                                             const DeviceContext& by = {});
  // revoke_others ends every session of the user but this one, which a validation returned.
  Result<OthersRevoked> revoke_others(const SessionRecord& session, const DeviceContext& by = {});
  // list returns the live sessions of `user`, newest first. Stateless: unsupported.
  Result<SessionPage> list(const UserId& user, std::string_view after = {}, std::size_t limit = 50);

  // What follows changes one session. By record, as a validation returned it, each works with every
  // carrier and may return a token to write; by id not with stateless ones (unsupported).

  // update applies a JSON merge patch (RFC 7396) to the attributes. In rows parallel updates are
  // all kept; of parallel updates of a stateless session the cookie written last wins.
  Result<SessionRecord> update(const SessionId& id, std::string_view merge_patch);
  // With `presented`, the client's cookie, a hybrid session writes its snapshot again at once.
  Result<Updated> update(const SessionRecord& session, std::string_view merge_patch,
                         std::string_view presented = {});
  // edit sets and erases attributes by name, whole members: parallel edits of other names are kept.
  Result<Updated> edit(const SessionRecord& session, std::span<const AttributeEdit> edits,
                       std::string_view presented = {});
  // rotate gives the session a new secret and keeps its id; a stateless session gets a new id.
  Result<NewSession> rotate(const SessionId& id, const RotateOptions& options = {});
  Result<NewSession> rotate(const SessionRecord& session, const RotateOptions& options = {});
  // attach turns a guest's session into one of `user`: new id, new secret, the guest session ends.
  Result<NewSession> attach(const SessionId& guest, const UserId& user,
                            const AttachOptions& options = {});
  Result<NewSession> attach(const SessionRecord& guest, const UserId& user,
                            const AttachOptions& options = {});
  // touch moves the idle deadline now, without the queue (an explicit "stay signed in"). With
  // renew_cookie that returns `presented`, the client's cookie, as the token to write.
  Result<SessionRecord> touch(const SessionId& id);
  Result<Updated> touch(const SessionRecord& session, std::string_view presented = {});
  // reissue writes a stateless session again under `user_epoch`, which the caller's own change (of
  // the password, say) has just returned. not_found: another change has ended it since.
  Result<NewSession> reissue(const SessionRecord& session, std::int64_t user_epoch);

  // prune deletes what is kTombstoneLife past its deadline, and what counters, denials, secrets and
  // events have outlived, in batches. Returns how many rows went.
  Result<std::size_t> prune();
  // flush writes queued touches now.
  Result<void> flush();

  // set_cookie returns the Set-Cookie value for a session (or too_large); blank_cookie deletes it.
  Result<std::string> set_cookie(const SessionToken& token, const SessionRecord& record) const;
  std::string blank_cookie() const;

  // With max_chunks over 1: read_cookie joins the value (nothing when a name came twice);
  // set_cookies also deletes stale chunks among `lines`, the request's Cookie lines.
  std::optional<std::string> read_cookie(std::span<const std::string_view> lines) const;
  Result<std::vector<std::string>> set_cookies(const SessionToken& token,
                                               const SessionRecord& record,
                                               std::span<const std::string_view> lines) const;
  std::vector<std::string> blank_cookies(std::span<const std::string_view> lines) const;

  const SessionsOptions& options() const noexcept;

 private:
  struct Impl;
  explicit Sessions(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey
