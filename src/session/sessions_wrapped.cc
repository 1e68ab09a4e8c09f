#include "base/log.h"
#include "session/mint.h"
#include "session/sessions_impl.h"

// Stored sessions whose tokens travel in an envelope.
namespace latchkey {

using session::Opened;

Result<NewSession> Sessions::Impl::wrap(NewSession made) {
  if (!envelope) return made;
  auto wrapped = envelope->wrap(std::move(made.token), made.record, clock.now());
  if (!wrapped) return wrapped.error();
  return NewSession{std::move(*wrapped), std::move(made.record)};
}

std::optional<SessionToken> Sessions::Impl::rewrap(std::string_view presented,
                                                   const SessionRecord& record) {
  std::optional<SessionToken> token;
  if (!envelope) {
    token = SessionToken::parse(presented);
  } else if (auto opened = envelope->open(presented, clock.now())) {
    token = std::move(opened->token);
  }
  if (!token || token->id() != record.id) return std::nullopt;
  const SecretHash hash = session::hash_secret(*token);
  if (!session::same_secret(hash, record.secret_hash)) return std::nullopt;
  auto wrapped = wrap({std::move(*token), record});
  if (!wrapped) return std::nullopt;
  return std::move(wrapped->token);
}

Updated Sessions::Impl::updated(SessionRecord record, std::string_view presented) {
  std::optional<SessionToken> token;
  if (options.carrier == Carrier::hybrid) token = rewrap(presented, record);
  return Updated{std::move(record), std::move(token)};
}

Result<Validation> Sessions::Impl::validate(std::string_view text, const ValidateOptions& asked) {
  const UnixTime now = clock.now();
  auto opened = envelope->open(text, now);
  if (!opened) return opened.error();
  if (!opened->token) {
    log(LogLevel::warn, "session_cookie_refused",
        {{"carrier", carrier_name(options.carrier)}, {"reason", opened->why}});
    return Validation{.keep_cookie = opened->unknown_key};
  }
  return open(std::move(*opened), asked, now);
}

Result<Validation> Sessions::Impl::open(Opened opened, const ValidateOptions& asked, UnixTime now) {
  const SessionId id = opened.token->id();
  const bool current =
      opened.snapshot && not_before.allows(id, opened.snapshot->user_id, opened.snapshot_at);
  // A snapshot knows nothing of the user but the id.
  const bool without_user = !asked.with_user || asked.lazy_user;
  if (current && asked.snapshot_ok && !asked.fresh && without_user) {
    Validation validation{.state = SessionState::active};
    validation.session = std::move(opened.snapshot);
    validation.from_snapshot = true;
    return validation;
  }
  std::string plain = opened.token->reveal();
  auto validation = validator.validate(plain, asked);
  wipe(plain.data(), plain.size());
  if (!validation || validation->state != SessionState::active) return validation;
  const bool offer = options.carrier == Carrier::hybrid && !current && asked.touch;
  if (!validation->token && !opened.outdated && !offer) return validation;
  if (Result<void> finished = finish(opened, *validation, now); !finished) {
    return finished.error();
  }
  return validation;
}

// finish wraps the token that goes out with a validation.
Result<void> Sessions::Impl::finish(Opened& opened, Validation& validation, UnixTime now) {
  SessionToken token = validation.token ? std::move(*validation.token) : std::move(*opened.token);
  auto wrapped = envelope->wrap(std::move(token), *validation.session, now);
  if (!wrapped) return wrapped.error();
  validation.token = std::move(*wrapped);
  validation.fresh = validation.fresh || opened.outdated;
  return {};
}

}  // namespace latchkey
