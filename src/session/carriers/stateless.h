#pragma once

#include <memory>
#include <string_view>

#include "latchkey/sessions.h"
#include "session/carriers/text_carrier.h"
#include "session/mint.h"

namespace latchkey::session {

// Stateless manages sessions that live in their cookie. The store knows only what ended early: a
// denial by id, the epoch of the user, a disabled user. Every validation asks it, in one round
// trip, so a session that was ended is refused on every node from that moment on. Thread-safe.
class Stateless {
 public:
  struct Context {
    const SessionsOptions& options;
    Store& store;
    const Clock& clock;
    Entropy& entropy;
    SlotKey slot_key;
  };
  Stateless(Context context, std::unique_ptr<TextCarrier> carrier);

  // issue makes the first token of `record`, which lacks only its id.
  Result<NewSession> issue(SessionRecord record, std::optional<std::int64_t> user_epoch);
  Result<Validation> validate(std::string_view text, const ValidateOptions& options, UnixTime now);

  Result<bool> revoke(const SessionId& id);
  Result<bool> revoke(const SessionRecord& session);
  Result<OthersRevoked> revoke_others(const SessionRecord& session);
  Result<Updated> update(const SessionRecord& session, std::string_view merge_patch);
  Result<Updated> edit(const SessionRecord& session, std::span<const AttributeEdit> edits);
  // replace ends `session` and starts `next` in its place, under a new id.
  Result<NewSession> replace(const SessionRecord& session, SessionRecord next);
  Result<Updated> touch(const SessionRecord& session);
  Result<NewSession> reissue(const SessionRecord& session, std::int64_t user_epoch);

 private:
  Result<NewSession> write(SessionRecord record, UnixTime now);
  Result<NewSession> draw(SessionRecord record, UnixTime now);
  Result<void> check_standing(const SessionRecord& session);
  Result<Updated> write_attributes(SessionRecord session, Result<std::string> attributes);
  Result<Validation> accept(Decoded decoded, const ValidateOptions& options, UnixTime now);
  void renew(Validation& validation, const Judgement& judgement, UnixTime now);
  Result<bool> deny(const SessionId& id, UnixTime until);

  const SessionsOptions& options_;
  Store& store_;
  const Clock& clock_;
  Entropy& entropy_;
  const SlotKey slot_key_;
  const Policy judging_;
  const std::unique_ptr<TextCarrier> carrier_;
};

}  // namespace latchkey::session
