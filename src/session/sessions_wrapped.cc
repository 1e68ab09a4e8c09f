#include "base/log.h"
#include "session/mint.h"
#include "session/sessions_impl.h"

// Stored sessions whose tokens travel in an envelope.
namespace latchkey {

using session::Opened;

Result<NewSession> SessionBase::Impl::wrap(NewSession made) {
  if (!envelope) return made;
  auto wrapped = envelope->wrap(std::move(made.token), made.record, clock.now());
  if (!wrapped) return wrapped.error();
  return NewSession{std::move(*wrapped), std::move(made.record)};
}

std::optional<SessionToken> SessionBase::Impl::rewrap(std::string_view presented,
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

Updated SessionBase::Impl::updated(SessionRecord record, std::string_view presented) {
  std::optional<SessionToken> token;
  if (options.carrier == Carrier::hybrid) token = rewrap(presented, record);
  return Updated{std::move(record), std::move(token)};
}

namespace {

SecretBytes revealed(const SessionToken& token) {
  std::string text = token.reveal();
  SecretBytes out{std::string_view(text)};
  wipe(text.data(), text.size());
  return out;
}

}  // namespace

std::optional<Result<Validation>> SessionBase::Impl::unwrap(std::string_view text,
                                                            const ValidateOptions& asked,
                                                            UnixTime now, Opened& opened) {
  auto found = envelope->open(text, now);
  if (!found) return Result<Validation>(found.error());
  opened = *std::move(found);
  if (!opened.token) {
    log(LogLevel::warn, "session_cookie_refused",
        {{"carrier", carrier_name(options.carrier)}, {"reason", opened.why}});
    return Validation{.keep_cookie = opened.unknown_key};
  }
  // A snapshot knows nothing of the user but the id.
  const bool without_user = !asked.with_user || asked.lazy_user;
  if (!asked.snapshot_ok || asked.fresh || !without_user || !current(opened)) return std::nullopt;
  Validation validation{.state = SessionState::active};
  validation.session = std::move(opened.snapshot);
  validation.from_snapshot = true;
  return validation;
}

bool SessionBase::Impl::current(const Opened& opened) const {
  return opened.snapshot &&
         not_before.allows(opened.token->id(), opened.snapshot->user_id, opened.snapshot_at);
}

Result<Validation> SessionBase::Impl::validate(std::string_view text,
                                               const ValidateOptions& asked) {
  const UnixTime now = clock.now();
  Opened opened;
  if (auto answer = unwrap(text, asked, now, opened)) return *std::move(answer);
  const SecretBytes plain = revealed(*opened.token);
  Validation found;
  Result<void> done = validator.validate(plain.insecure_view(), asked, found);
  if (!done) return done.error();
  return finish(opened, std::move(found), asked, now);
}

std::vector<Result<Validation>> SessionBase::Impl::validate_all(
    std::span<const TokenCheck> checks) {
  struct Unwrapped {
    UnixTime now{};
    Opened opened{};
    std::optional<Result<Validation>> answer{};
    SecretBytes plain{};
  };
  std::vector<Unwrapped> all(checks.size());
  std::vector<TokenCheck> inner;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    Unwrapped& one = all[i];
    one.now = checks[i].now ? *checks[i].now : clock.now();
    one.answer = unwrap(checks[i].token, checks[i].options, one.now, one.opened);
    if (one.answer) continue;
    one.plain = revealed(*one.opened.token);
    inner.push_back({one.plain.insecure_view(), checks[i].options, checks[i].now});
  }
  std::vector<Result<Validation>> found;
  validator.validate_all(inner, found);
  std::vector<Result<Validation>> answers;
  auto next = found.begin();
  for (std::size_t i = 0; i < all.size(); ++i) {
    Unwrapped& one = all[i];
    answers.push_back(one.answer
                          ? *std::move(one.answer)
                          : finish(one.opened, std::move(*next++), checks[i].options, one.now));
  }
  return answers;
}

// finish wraps the token that goes out with a validation.
Result<Validation> SessionBase::Impl::finish(Opened& opened, Result<Validation> validation,
                                             const ValidateOptions& asked, UnixTime now) {
  if (!validation || validation->state != SessionState::active) return validation;
  // What an old copy says is not written into a cookie, which would outlive the copy.
  if (validation->stale_for > Millis{0}) {
    validation->token.reset();
    return validation;
  }
  const bool offer = options.carrier == Carrier::hybrid && !current(opened) && asked.touch;
  if (!validation->token && !opened.outdated && !offer) return validation;
  SessionToken token = validation->token ? std::move(*validation->token) : std::move(*opened.token);
  auto wrapped = envelope->wrap(std::move(token), *validation->session, now);
  if (!wrapped) return wrapped.error();
  validation->token = std::move(*wrapped);
  validation->fresh = validation->fresh || opened.outdated;
  return validation;
}

}  // namespace latchkey
