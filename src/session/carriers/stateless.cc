#include "session/carriers/stateless.h"

#include <algorithm>

#include "base/log.h"
#include "session/attributes.h"
#include "session/carriers/revision.h"
#include "session/clock_skew.h"

namespace latchkey::session {
namespace {

// No browser keeps a cookie for longer, and no policy can make use of it.
constexpr Millis kLongestCookie = std::chrono::days{400};

// A record that a store made has no epoch, and is not one of these sessions.
std::int64_t epoch_of(const SessionRecord& session) noexcept {
  return session.carried ? session.carried->epoch : -1;
}

Error gone() { return {Errc::not_found, "the session does not exist or has ended"}; }

// A stateless session is renewed at half-life only: there is no row whose last-seen time could
// move in between.
Policy judging(Policy policy) {
  policy.last_seen_every = Millis::max();
  policy.renew_cookie = true;
  return policy;
}

// end_of is when the last token of `session` is dead, whichever node renews it until the denial is
// seen: a renewal under way now may still give it one more idle life.
UnixTime end_of(const SessionRecord& session, UnixTime now) noexcept {
  if (session.idle == Millis{0}) return session.idle_expires_at;
  const UnixTime renewed = add(add(now, session.idle), kClockSkew);
  return std::min(session.absolute_expires_at, std::max(session.idle_expires_at, renewed));
}

}  // namespace

Stateless::Stateless(Context context, std::unique_ptr<TextCarrier> carrier)
    : options_(context.options),
      store_(context.store),
      clock_(context.clock),
      entropy_(context.entropy),
      slot_key_(context.slot_key),
      judging_(judging(context.options.policy)),
      carrier_(std::move(carrier)) {}

Result<NewSession> Stateless::write(SessionRecord record, UnixTime now) {
  auto text = carrier_->encode(record, now);
  if (!text) return text.error();
  const std::size_t name = options_.cookie.name.size();
  // A chunk carries a dot and a digit more in its name.
  const std::size_t room = options_.max_chunks == 1
                               ? kMaxCookieBytes - name
                               : options_.max_chunks * (kMaxCookieBytes - name - 2);
  if (text->size() > room) {
    return Error{Errc::too_large, "the session would make a cookie of " +
                                      std::to_string(name + text->size()) + " octets; at most " +
                                      std::to_string(name + room) +
                                      " reach the browser: keep less in its attributes"};
  }
  SessionToken token = SessionToken::carried(record.id, *text);
  wipe(text->data(), text->size());
  return NewSession{std::move(token), std::move(record)};
}

Result<NewSession> Stateless::draw(SessionRecord record, UnixTime now) {
  auto minted = mint_token(record.user_id, slot_key_, entropy_);
  if (!minted) return minted.error();
  record.id = minted->id();
  return write(std::move(record), now);
}

Result<NewSession> Stateless::issue(SessionRecord record, std::optional<std::int64_t> user_epoch) {
  set_carried(record, 0, 1);
  if (!record.user_id.empty()) {
    auto epoch = store_.epochs().user_epoch(record.user_id);
    if (!epoch) return epoch.error();
    if (user_epoch && *user_epoch != *epoch) {
      return Error{Errc::user_changed, "the user's sessions were ended during the login"};
    }
    record.carried->epoch = *epoch;
  }
  const UnixTime now = record.created_at;
  return draw(std::move(record), now);
}

Result<Validation> Stateless::validate(std::string_view text, const ValidateOptions& options,
                                       UnixTime now) {
  auto decoded = carrier_->decode(text, now);
  if (!decoded) return decoded.error();
  switch (decoded->state) {
    case Decoded::State::expired:
      return Validation{.state = SessionState::expired};
    case Decoded::State::authentic:
      return accept(std::move(*decoded), options, now);
    case Decoded::State::refused:
    case Decoded::State::unknown_key:
      break;
  }
  log(LogLevel::warn, "session_cookie_refused",
      {{"carrier", carrier_name(options_.carrier)}, {"reason", decoded->why}});
  return Validation{.keep_cookie = decoded->state == Decoded::State::unknown_key};
}

Result<Validation> Stateless::accept(Decoded decoded, const ValidateOptions& options,
                                     UnixTime now) {
  SessionRecord& record = decoded.record;
  const Judgement judgement = judge(record, now, judging_);
  if (judgement.liveness != Liveness::active) return Validation{.state = SessionState::expired};
  auto standing = store_.denials().standing(record.id.text(), record.user_id, options.wait);
  if (!standing) return standing.error();
  if (standing->denied || standing->user_epoch != epoch_of(record)) {
    return Validation{.state = SessionState::revoked};
  }
  const bool disabled = standing->user && standing->user->disabled;
  if (disabled && !options.disabled_too) return Validation{.user_disabled = true};
  Validation validation{.state = SessionState::active};
  validation.session = std::move(record);
  if (options.with_user) validation.user = std::move(standing->user);
  if (options.touch && (judgement.renew_due || !decoded.by_writer)) {
    renew(validation, judgement, now);
  }
  return validation;
}

// A renewal that fails costs nothing yet: the old token is good, and the next request tries again.
void Stateless::renew(Validation& validation, const Judgement& judgement, UnixTime now) {
  SessionRecord next = *validation.session;
  if (judgement.renew_due) {
    next.idle_expires_at = judgement.idle_expires_at;
    next.last_seen_at = now;
  }
  auto renewed = write(std::move(next), now);
  if (!renewed) {
    log(LogLevel::warn, "session_not_renewed", {{"code", error_name(renewed.error().code)}});
    return;
  }
  validation.fresh = true;
  validation.session = std::move(renewed->record);
  validation.token = std::move(renewed->token);
}

Result<bool> Stateless::deny(const SessionId& id, UnixTime until) {
  const Denial denial{std::string(id.text()), until};
  auto added = store_.denials().deny(std::span(&denial, 1));
  if (!added) return added.error();
  return *added > 0;
}

// The session may have been made under a policy that gave it more time than today's does, and its
// id says nothing of that.
Result<bool> Stateless::revoke(const SessionId& id) {
  const Millis life = std::max(longest_life(options_.policy), kLongestCookie);
  return deny(id, add(add(clock_.now(), life), kClockSkew));
}

Result<bool> Stateless::revoke(const SessionRecord& session) {
  return deny(session.id, end_of(session, clock_.now()));
}

Result<OthersRevoked> Stateless::revoke_others(const SessionRecord& session) {
  if (session.user_id.empty()) {
    return Error{Errc::invalid_argument, "a guest has no other sessions"};
  }
  const UnixTime now = clock_.now();
  if (Result<void> standing = check_standing(session); !standing) return standing.error();
  auto removed = store_.sessions().remove_user(
      session.user_id, {.now = now, .reason = EndReason::revoked, .bump_epoch = true});
  if (!removed) return removed.error();
  // Another bump in between ended this session too: it must not come back.
  if (removed->user_epoch != epoch_of(session) + 1) return gone();
  SessionRecord kept = session;
  kept.carried->epoch = removed->user_epoch;
  auto written = write(std::move(kept), now);
  if (!written) return written.error();
  return OthersRevoked{std::move(removed->ids),
                       {std::move(written->record), std::move(written->token)}};
}

Result<void> Stateless::check_standing(const SessionRecord& session) {
  auto standing = store_.denials().standing(session.id.text(), session.user_id);
  if (!standing) return standing.error();
  if (standing->denied || standing->user_epoch != epoch_of(session) ||
      (standing->user && standing->user->disabled) ||
      judge(session, clock_.now(), judging_).liveness != Liveness::active) {
    return gone();
  }
  return {};
}

Result<Updated> Stateless::write_attributes(SessionRecord session, Result<std::string> attributes) {
  if (!attributes) return attributes.error();
  const UnixTime now = clock_.now();
  session.carried->revision = next_revision(session, *attributes, now);
  session.attributes = std::move(*attributes);
  auto written = write(std::move(session), now);
  if (!written) return written.error();
  return Updated{std::move(written->record), std::move(written->token)};
}

Result<Updated> Stateless::update(const SessionRecord& session, std::string_view merge_patch) {
  if (Result<void> standing = check_standing(session); !standing) return standing.error();
  return write_attributes(session, patched_attributes(session.attributes, merge_patch));
}

Result<Updated> Stateless::edit(const SessionRecord& session,
                                std::span<const AttributeEdit> edits) {
  if (Result<void> standing = check_standing(session); !standing) return standing.error();
  return write_attributes(session, edited_attributes(session.attributes, edits));
}

Result<NewSession> Stateless::replace(const SessionRecord& session, SessionRecord next) {
  if (Result<void> standing = check_standing(session); !standing) return standing.error();
  const UnixTime now = clock_.now();
  next.carried->revision = next_revision(session, next.attributes, now);
  auto made = draw(std::move(next), now);
  if (!made) return made.error();
  // Whoever denies the old session first has replaced it.
  auto first = revoke(session);
  if (!first) return first.error();
  if (!*first) return gone();
  return made;
}

Result<Updated> Stateless::touch(const SessionRecord& session) {
  if (Result<void> standing = check_standing(session); !standing) return standing.error();
  if (session.idle == Millis{0} || !options_.policy.sliding) return Updated{session, std::nullopt};
  const UnixTime now = clock_.now();
  SessionRecord moved = session;
  moved.last_seen_at = now;
  moved.idle_expires_at =
      std::max(moved.idle_expires_at, std::min(add(now, moved.idle), moved.absolute_expires_at));
  auto written = write(std::move(moved), now);
  if (!written) return written.error();
  return Updated{std::move(written->record), std::move(written->token)};
}

Result<NewSession> Stateless::reissue(const SessionRecord& session, std::int64_t user_epoch) {
  SessionRecord kept = session;
  if (!kept.carried) return gone();
  kept.carried->epoch = user_epoch;
  if (Result<void> standing = check_standing(kept); !standing) return standing.error();
  return write(std::move(kept), clock_.now());
}

}  // namespace latchkey::session
