#pragma once

#include <memory>
#include <utility>

#include "base/fork.h"
#include "latchkey/sessions.h"
#include "session/carriers/envelope.h"
#include "session/carriers/stateless.h"
#include "session/guest_limiter.h"
#include "session/session_cookies.h"
#include "session/takeover/not_before.h"
#include "session/validator.h"
#include "session/write_behind.h"

namespace latchkey {

using detail::SessionBase;

// Impl serves the calls of Sessions: sessions with rows itself, those without through `stateless`.
// At most one of `stateless` and `envelope` is set.
struct SessionBase::Impl {
  Impl(Store& store, SessionsOptions given, session::SessionCookies written, const StoreMeta& meta);

  // draft fills the record of a new session, which has no id yet.
  Result<SessionRecord> draft(const UserId& user, const CreateOptions& given, UnixTime now);
  Result<NewSession> create(const UserId& user, const CreateOptions& given, UnixTime now);
  // insert brings a record into the world. `earlier` are draws whose ids were taken.
  Result<NewSession> insert(SessionRecord record, const InsertOptions& limits,
                            const DeviceContext& context, int earlier = 0);
  struct Draft;
  std::vector<Result<NewSession>> create_all(std::span<const CreateRequest> requests);
  void insert(std::span<Draft> drafts);
  // draw gives a record an id and a secret; settle is what the store's answer makes of it, and
  // nothing when it has to be drawn again.
  Result<SessionToken> draw(SessionRecord& record);
  std::optional<Result<NewSession>> settle(const Result<InsertOutcome>& outcome,
                                           SessionToken& token, SessionRecord& record,
                                           const DeviceContext& context);
  InsertOptions limits_of(const CreateOptions& given, UnixTime now) const {
    return {now, options.policy.max_per_user, given.user_epoch};
  }

  Result<Validation> validate(std::string_view text, const ValidateOptions& options);
  std::vector<Result<Validation>> validate_all(std::span<const TokenCheck> checks);
  // unwrap opens an envelope: an answer that needs no store, or nothing and `opened`.
  std::optional<Result<Validation>> unwrap(std::string_view text, const ValidateOptions& asked,
                                           UnixTime now, session::Opened& opened);
  Result<SessionRecord> load(const SessionId& id);
  // wrap lets the token of a stored session travel as the carrier wants it.
  Result<NewSession> wrap(NewSession made);
  // rewrap returns the token of a stored session as its cookie should hold it now, if `presented`
  // holds it already. Nothing is no failure: the cookie stays as it is.
  std::optional<SessionToken> rewrap(std::string_view presented, const SessionRecord& record);
  // updated is a stored session whose attributes have changed: a hybrid token gets a new snapshot.
  Updated updated(SessionRecord record, std::string_view presented);
  // changed makes this node refuse snapshots taken until now. It is called after a change, also one
  // that failed and may be done all the same.
  template <class Subject>
  void changed(const Subject& subject) {
    if (options.carrier == Carrier::hybrid) not_before.set(subject, clock.now());
  }
  // session_events.cc: what others learn of changes. opened notes a new session, ended one that is
  // over, ended_many what ended together; guests' sessions are no events.
  void opened(const SessionRecord& record, const DeviceContext& context);
  void ended(const SessionId& id, const UserId& user, EventKind kind, std::string_view reason,
             const DeviceContext& by);
  void ended(const SessionId& id, const UserId& user, EndReason reason, const DeviceContext& by);
  void ended_many(std::span<const SessionId> ids, const UserId& user, const DeviceContext& by);
  // owner_of is whose session it is, where an event will tell.
  UserId owner_of(const SessionId& id);
  Result<bool> revoke(const SessionId& id, EndReason reason);
  // need_row is an error where no row holds the sessions.
  Result<void> need_row() const;

  // replace loads, changes and stores until no other writer came in between.
  template <class Change>
  Result<SessionRecord> replace(const SessionId& id, const Change& change);

  // current tells whether the snapshot may still answer.
  bool current(const session::Opened& opened) const;
  Result<Validation> finish(session::Opened& opened, Result<Validation> validation,
                            const ValidateOptions& asked, UnixTime now);

  const ForkGuard forked;
  SessionsOptions options;
  SessionStore& sessions;
  DenyStore& denials;
  CounterStore& counters;
  OneTimeStore& one_time;
  const Clock& clock;
  Entropy& entropy;
  session::SessionCookies cookies;
  session::SlotKey slot_key;
  session::GuestLimiter guests;
  session::NotBefore not_before;
  std::unique_ptr<session::Stateless> stateless;
  std::unique_ptr<session::Envelope> envelope;
  session::WriteBehind behind;
  session::Validator validator;
};

}  // namespace latchkey
