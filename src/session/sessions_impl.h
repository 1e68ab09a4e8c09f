#pragma once

#include <memory>
#include <utility>

#include "base/fork.h"
#include "latchkey/sessions.h"
#include "session/carriers/envelope.h"
#include "session/guest_limiter.h"
#include "session/takeover/not_before.h"
#include "session/session_cookies.h"
#include "session/carriers/stateless.h"
#include "session/validator.h"
#include "session/write_behind.h"

namespace latchkey {

// Impl serves the calls of Sessions: sessions with rows itself, those without through `stateless`.
// At most one of `stateless` and `envelope` is set.
struct Sessions::Impl {
  Impl(Store& store, SessionsOptions given, session::SessionCookies written, const StoreMeta& meta);

  // create fills a record from `given` and brings it into the world.
  Result<NewSession> create(const UserId& user, const CreateOptions& given, SessionKind kind);
  Result<NewSession> insert(SessionRecord record, const InsertOptions& limits);
  Result<Validation> validate(std::string_view text, const ValidateOptions& options);
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
  // need_row is an error where no row holds the sessions.
  Result<void> need_row() const;

  // replace loads, changes and stores until no other writer came in between.
  template <class Change>
  Result<SessionRecord> replace(const SessionId& id, const Change& change);

  Result<Validation> open(session::Opened opened, const ValidateOptions& options, UnixTime now);
  Result<void> finish(session::Opened& opened, Validation& validation, UnixTime now);

  const ForkGuard forked;
  SessionsOptions options;
  SessionStore& sessions;
  DenyStore& denials;
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
