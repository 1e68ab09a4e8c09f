#include <algorithm>

#include "session/attributes.h"
#include "session/carriers/grace.h"
#include "session/mint.h"
#include "session/sessions_impl.h"

// The calls that change one session.
namespace latchkey {
namespace {

// Each lost race of an update means that another one won.
constexpr int kUpdateTries = 64;

Error gone() { return {Errc::not_found, "the session does not exist or has ended"}; }

Result<void> check(const RotateOptions& options) {
  const bool graced = options.grace > Millis{0};
  if (options.grace < Millis{0} || options.grace > session::kMaxGrace) {
    return Error{Errc::invalid_argument, "a grace is at most 60 seconds"};
  }
  if (graced && (options.level || options.current == nullptr)) {
    return Error{Errc::invalid_argument,
                 "a grace needs the current token, and a change of level has none"};
  }
  if (options.level && *options.level > 3) return Error{Errc::invalid_argument, "level is 0 to 3"};
  return {};
}

Result<std::string> attached_attributes(const SessionRecord& guest, const AttachOptions& options) {
  if (!guest.user_id.empty()) {
    return Error{Errc::invalid_argument, "attach takes the session of a guest"};
  }
  auto carried = session::carried_attributes(guest.attributes, options.carry);
  if (!carried) return carried.error();
  return session::patched_attributes(*carried, options.create.attributes);
}

}  // namespace

Result<SessionRecord> SessionBase::Impl::load(const SessionId& id) {
  auto found = sessions.find(std::span(&id, 1), {.fresh = true});
  if (!found) return found.error();
  std::optional<SessionRecord>& record = found->front().record;
  if (!record || judge(*record, clock.now(), options.policy).liveness != Liveness::active) {
    return gone();
  }
  return std::move(*record);
}

template <class Change>
Result<SessionRecord> SessionBase::Impl::replace(const SessionId& id, const Change& change) {
  for (int attempt = 0; attempt < kUpdateTries; ++attempt) {
    auto record = load(id);
    if (!record) return record.error();
    const std::int64_t version = record->version;
    if (record->previous && clock.now() >= record->previous->until) record->previous.reset();
    if (Result<void> done = change(*record); !done) return done.error();
    auto status = sessions.replace(*record, version, clock.now());
    if (!status) return status.error();
    if (*status == ReplaceStatus::gone) return gone();
    if (*status == ReplaceStatus::replaced) {
      record->version = version + 1;
      changed(id);
      return record;
    }
  }
  return Error{Errc::conflict, "the session changed too often at the same time; try again"};
}

Result<SessionRecord> Sessions::update(const SessionId& id, std::string_view merge_patch) {
  if (Result<void> rows = impl_->need_row(); !rows) return rows.error();
  return impl_->replace(id, [&](SessionRecord& record) -> Result<void> {
    auto patched = session::patched_attributes(record.attributes, merge_patch);
    if (!patched) return patched.error();
    record.attributes = std::move(*patched);
    return {};
  });
}

Result<Updated> Sessions::update(const SessionRecord& session, std::string_view merge_patch,
                                 std::string_view presented) {
  if (impl_->stateless) return impl_->stateless->update(session, merge_patch);
  auto record = update(session.id, merge_patch);
  if (!record) return record.error();
  return impl_->updated(std::move(*record), presented);
}

Result<Updated> SessionBase::edit(const SessionRecord& session,
                                  std::span<const AttributeEdit> edits,
                                  std::string_view presented) {
  if (impl_->stateless) return impl_->stateless->edit(session, edits);
  auto record = impl_->replace(session.id, [&](SessionRecord& changing) -> Result<void> {
    auto attributes = session::edited_attributes(changing.attributes, edits);
    if (!attributes) return attributes.error();
    changing.attributes = std::move(*attributes);
    return {};
  });
  if (!record) return record.error();
  return impl_->updated(std::move(*record), presented);
}

Result<SessionRecord> SessionBase::rebind(const SessionId& id, const NextBinding& next) {
  if (Result<void> rows = impl_->need_row(); !rows) return rows.error();
  return impl_->replace(id, [&](SessionRecord& changing) -> Result<void> {
    auto binding = next(changing);
    if (!binding) return binding.error();
    changing.binding = *std::move(binding);
    return {};
  });
}

Result<NewSession> Sessions::rotate(const SessionId& id, const RotateOptions& options) {
  if (Result<void> rows = impl_->need_row(); !rows) return rows.error();
  if (Result<void> fine = check(options); !fine) return fine.error();
  const bool graced = options.grace > Millis{0};
  std::optional<SessionToken> token;
  auto record = impl_->replace(id, [&](SessionRecord& changing) -> Result<void> {
    auto minted = session::mint_secret(id, impl_->entropy);
    if (!minted) return minted.error();
    const UnixTime now = impl_->clock.now();
    changing.previous.reset();
    if (graced) {
      const SecretHash shown = session::hash_secret(*options.current);
      if (!session::same_secret(shown, changing.secret_hash)) return gone();
      auto previous =
          session::seal_grace(*options.current, *minted, add(now, options.grace), impl_->entropy);
      if (!previous) return previous.error();
      changing.previous = std::move(*previous);
    }
    if (options.level) {
      changing.level = *options.level;
      changing.authenticated_at = now;
    }
    changing.secret_hash = session::hash_secret(*minted);
    token = std::move(*minted);
    return {};
  });
  if (!record) return record.error();
  impl_->ended(record->id, record->user_id, EventKind::session_rotated, {}, {});
  return impl_->wrap({std::move(*token), std::move(*record)});
}

Result<NewSession> Sessions::rotate(const SessionRecord& session, const RotateOptions& options) {
  if (!impl_->stateless) return rotate(session.id, options);
  if (Result<void> fine = check(options); !fine) return fine.error();
  if (options.grace > Millis{0}) {
    return Error{Errc::unsupported, "a session that lives in its cookie rotates without grace"};
  }
  SessionRecord next = session;
  if (options.level) {
    next.level = *options.level;
    next.authenticated_at = impl_->clock.now();
  }
  auto rotated = impl_->stateless->replace(session, std::move(next));
  if (rotated) {
    impl_->ended(session.id, session.user_id, EventKind::session_rotated, {}, {});
  }
  return rotated;
}

Result<NewSession> Sessions::attach(const SessionId& guest, const UserId& user,
                                    const AttachOptions& options) {
  if (Result<void> rows = impl_->need_row(); !rows) return rows.error();
  auto record = impl_->load(guest);
  if (!record) return record.error();
  return attach(*record, user, options);
}

Result<NewSession> Sessions::attach(const SessionRecord& guest, const UserId& user,
                                    const AttachOptions& options) {
  auto attributes = attached_attributes(guest, options);
  if (!attributes) return attributes.error();
  CreateOptions creating = options.create;
  creating.attributes = *attributes;
  auto made = create(user, creating);
  if (!made) return made.error();
  auto removed = revoke(guest, EndReason::replaced);
  if (removed && *removed) return made;
  // Another attach of the same guest won, or the guest could not be ended: ours must not stay.
  auto undone = revoke(made->record, EndReason::revoked);
  if (!removed) return removed.error();
  if (!undone) return undone.error();
  return gone();
}

Result<SessionRecord> Sessions::touch(const SessionId& id) {
  if (Result<void> rows = impl_->need_row(); !rows) return rows.error();
  auto record = impl_->load(id);
  if (!record) return record.error();
  if (record->idle == Millis{0} || !impl_->options.policy.sliding) return record;
  const UnixTime now = impl_->clock.now();
  const Touch touch{id, now, std::min(add(now, record->idle), record->absolute_expires_at)};
  auto touched = impl_->sessions.touch(std::span(&touch, 1));
  if (!touched) return touched.error();
  return impl_->load(id);
}

Result<Updated> Sessions::touch(const SessionRecord& session, std::string_view presented) {
  if (impl_->stateless) return impl_->stateless->touch(session);
  auto record = touch(session.id);
  if (!record) return record.error();
  std::optional<SessionToken> token;
  const bool moved = record->idle_expires_at > session.idle_expires_at;
  if (moved && impl_->options.policy.renew_cookie) token = impl_->rewrap(presented, *record);
  return Updated{std::move(*record), std::move(token)};
}

Result<NewSession> SessionBase::reissue(const SessionRecord& session, std::int64_t user_epoch) {
  if (impl_->stateless) return impl_->stateless->reissue(session, user_epoch);
  return Error{Errc::unsupported, "only a session that lives in its cookie is written anew"};
}

}  // namespace latchkey
