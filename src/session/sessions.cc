#include "latchkey/sessions.h"

#include <algorithm>

#include "base/log.h"
#include "base/utf8.h"
#include "session/attributes.h"
#include "session/mint.h"
#include "session/sessions_impl.h"

namespace latchkey {
namespace {

// A clash of 120 random bits does not happen; a store may clash on fewer, so a few draws are made.
constexpr int kDraws = 4;

Error refuse(const char* what) { return {Errc::bad_config, what}; }

Result<void> check(const SessionsOptions& options) {
  if (const std::string_view fault = validate_policy(options.policy); !fault.empty()) {
    return Error{Errc::bad_config, "policy: " + std::string(fault)};
  }
  if (options.touch_every <= Millis{0} || options.touch_every > std::chrono::days{1}) {
    return refuse("touch_every is more than nothing and at most a day");
  }
  if (options.carrier != Carrier::stored && (!options.keys || !options.keys->get())) {
    return refuse("this carrier needs a key ring: make a key with `latchkey key new`");
  }
  if (options.snapshot <= Millis{0} || options.snapshot > kMaxSnapshot) {
    return refuse("a snapshot lives for at most five minutes");
  }
  if (options.seal_format < 1 || options.seal_format > 2) return refuse("seal_format is 1 or 2");
  return {};
}

std::unique_ptr<session::TextCarrier> make_carrier(const SessionsOptions& options,
                                                   Entropy& entropy) {
  const session::TextCarrierOptions given{.keys = options.keys,
                                          .cookie_name = options.cookie.name,
                                          .policy = options.policy,
                                          .max_bytes = 4 * kMaxCookieBytes,
                                          .seal_format = options.seal_format,
                                          .entropy = &entropy};
  if (options.carrier == Carrier::sealed) return session::make_sealed_carrier(given);
  return session::make_signed_carrier(given);
}

std::unique_ptr<session::Envelope> make_envelope(const SessionsOptions& options, Entropy& entropy) {
  const session::EnvelopeOptions given{.keys = options.keys,
                                       .cookie_name = options.cookie.name,
                                       .policy = options.policy,
                                       .snapshot = options.snapshot,
                                       .seal_format = options.seal_format,
                                       .entropy = &entropy};
  if (options.carrier == Carrier::hybrid) return session::make_hybrid(given);
  return options.carrier == Carrier::encrypted_id ? session::make_encrypted_id(given) : nullptr;
}

}  // namespace

SessionBase::Impl::Impl(Store& store, SessionsOptions given, session::SessionCookies written,
                        const StoreMeta& meta)
    : options(std::move(given)),
      sessions(store.sessions()),
      denials(store.denials()),
      counters(store.counters()),
      one_time(store.one_time()),
      clock(options.clock != nullptr ? *options.clock : system_clock()),
      entropy(options.entropy != nullptr ? *options.entropy : system_entropy()),
      cookies(std::move(written)),
      slot_key(meta.slot_key),
      guests(options.guests_per_minute),
      not_before(options.snapshot),
      envelope(make_envelope(options, entropy)),
      behind(sessions, options.touch_every, options.events),
      validator(sessions, behind, options.policy, clock) {
  if (is_stateless(options.carrier)) {
    stateless = std::make_unique<session::Stateless>(
        session::Stateless::Context{options, store, clock, entropy, slot_key},
        make_carrier(options, entropy));
  }
}

Result<std::unique_ptr<Sessions>> Sessions::open(Store& store, SessionsOptions options) {
  if (Result<void> fine = check(options); !fine) return fine.error();
  auto cookies = session::SessionCookies::make(options);
  if (!cookies) return cookies.error();
  auto meta = store.meta().meta();
  if (!meta) return meta.error();
  return std::unique_ptr<Sessions>(
      new Sessions(std::make_unique<Impl>(store, std::move(options), std::move(*cookies), *meta)));
}

SessionBase::SessionBase(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SessionBase::~SessionBase() {
  if (impl_->forked.crossed()) static_cast<void>(impl_.release());  // base/fork.h
}

Sessions::Sessions(std::unique_ptr<Impl> impl) : SessionBase(std::move(impl)) {}
Sessions::~Sessions() = default;

const SessionsOptions& SessionBase::options() const noexcept { return impl_->options; }

Result<SessionToken> SessionBase::Impl::draw(SessionRecord& record) {
  auto token = session::mint_token(record.user_id, slot_key, entropy);
  if (!token) return token;
  record.id = token->id();
  record.secret_hash = session::hash_secret(*token);
  return token;
}

std::optional<Result<NewSession>> SessionBase::Impl::settle(const Result<InsertOutcome>& outcome,
                                                            SessionToken& token,
                                                            SessionRecord& record,
                                                            const DeviceContext& context) {
  if (!outcome) return Result<NewSession>(outcome.error());
  switch (outcome->status) {
    case InsertStatus::inserted:
      opened(record, context);
      for (const SessionId& id : outcome->evicted) {
        ended(id, record.user_id, EventKind::session_evicted, {}, {});
      }
      return wrap({std::move(token), std::move(record)});
    case InsertStatus::user_changed:
      return Result<NewSession>(
          Error{Errc::user_changed, "the user's sessions were ended during the login"});
    case InsertStatus::id_taken:
      break;
  }
  return std::nullopt;
}

Result<NewSession> SessionBase::Impl::insert(SessionRecord record, const InsertOptions& limits,
                                             const DeviceContext& context, int earlier) {
  for (int drawn = earlier; drawn < kDraws; ++drawn) {
    auto token = draw(record);
    if (!token) return token.error();
    if (auto made = settle(sessions.insert(record, limits), *token, record, context)) {
      return *std::move(made);
    }
  }
  return Error{Errc::store_unavailable, "the store reports every new session id as taken"};
}

Result<SessionRecord> SessionBase::Impl::draft(const UserId& user, const CreateOptions& given,
                                               UnixTime now) {
  const bool guest = user.empty();
  if (guest && !guests.allow(given.context.address, now)) {
    return Error{Errc::rate_limited, "too many guest sessions from one address"};
  }
  auto attributes = session::checked_attributes(given.attributes);
  if (!attributes) return attributes.error();
  if (given.level > 3) return Error{Errc::invalid_argument, "level is 0 to 3"};
  const SessionKind kind = guest            ? SessionKind::guest
                           : given.remember ? SessionKind::remembered
                                            : SessionKind::browser_lived;
  const Lifetime life = lifetime_of(kind, now, options.policy);
  SessionRecord record;
  record.user_id = user;
  record.created_at = record.last_seen_at = now;
  if (!guest) {
    if (given.authenticated) record.authenticated_at = now;
    record.level = given.level;
  }
  record.idle = life.idle;
  record.idle_expires_at = life.idle_expires_at;
  record.absolute_expires_at = life.absolute_expires_at;
  record.persistent = life.persistent;
  record.user_agent = clean_line(given.context.user_agent, kMaxUserAgentBytes);
  record.address = clean_line(given.context.address, kMaxAddressBytes);
  record.attributes = std::move(*attributes);
  return record;
}

Result<NewSession> SessionBase::Impl::create(const UserId& user, const CreateOptions& given,
                                             UnixTime now) {
  Result<SessionRecord> record = draft(user, given, now);
  if (!record) return record.error();
  if (!stateless) return insert(*std::move(record), limits_of(given, now), given.context);
  auto issued = stateless->issue(*std::move(record), given.user_epoch);
  if (issued) opened(issued->record, given.context);
  return issued;
}

Result<NewSession> Sessions::create(const UserId& user, const CreateOptions& options) {
  if (user.empty()) return Error{Errc::invalid_argument, "create needs a user; see create_guest"};
  if (impl_->forked.crossed()) return forked_error();
  return impl_->create(user, options, impl_->clock.now());
}

Result<NewSession> Sessions::create_guest(const CreateOptions& options) {
  if (impl_->forked.crossed()) return forked_error();
  return impl_->create(UserId{}, options, impl_->clock.now());
}

// One variable is returned on every way, so that the answer is made where the caller wants it.
Result<Validation> Sessions::validate(std::string_view token, const ValidateOptions& options) {
  Result<Validation> answer(std::in_place);
  if (Result<void> done = validate_into(token, options, *answer); !done) answer = done.error();
  return answer;
}

Result<void> SessionBase::validate_into(std::string_view token, const ValidateOptions& options,
                                        Validation& out) {
  if (impl_->forked.crossed()) return forked_error();
  if (!impl_->stateless && !impl_->envelope) return impl_->validator.validate(token, options, out);
  auto answer = impl_->stateless ? impl_->stateless->validate(token, options, impl_->clock.now())
                                 : impl_->validate(token, options);
  if (!answer) return answer.error();
  out = *std::move(answer);
  return {};
}

Result<bool> Sessions::revoke(const SessionId& id, EndReason reason, const DeviceContext& by) {
  const UserId owner = impl_->owner_of(id);
  auto revoked = impl_->revoke(id, reason);
  if (revoked && *revoked) impl_->ended(id, owner, reason, by);
  return revoked;
}

Result<bool> Sessions::revoke(const SessionRecord& session, EndReason reason,
                              const DeviceContext& by) {
  auto revoked =
      impl_->stateless ? impl_->stateless->revoke(session) : impl_->revoke(session.id, reason);
  if (revoked && *revoked) impl_->ended(session.id, session.user_id, reason, by);
  return revoked;
}

Result<bool> SessionBase::Impl::revoke(const SessionId& id, EndReason reason) {
  if (stateless) return stateless->revoke(id);
  auto removed = sessions.remove(std::span(&id, 1), reason, clock.now());
  changed(id);
  if (!removed) return removed.error();
  return *removed > 0;
}

Result<std::vector<SessionId>> Sessions::revoke_user(const UserId& user,
                                                     std::optional<SessionId> except,
                                                     const DeviceContext& by) {
  if (except) {
    if (Result<void> rows = impl_->need_row(); !rows) return rows.error();
  }
  // Without an exception logins under way end too: "everything" leaves no gap. With one, the caller
  // is logged in and a login of theirs elsewhere at this moment is not what they asked to end.
  const bool bump_epoch = !except.has_value() || impl_->options.migrating;
  auto removed = impl_->sessions.remove_user(
      user, {impl_->clock.now(), EndReason::revoked, except, bump_epoch});
  impl_->changed(user);
  if (!removed) return removed.error();
  impl_->ended_many(removed->ids, user, by);
  return std::move(removed->ids);
}

Result<OthersRevoked> SessionBase::revoke_others(const SessionRecord& session,
                                                 const DeviceContext& by) {
  if (impl_->stateless) {
    auto others = impl_->stateless->revoke_others(session);
    if (others) impl_->ended_many(others->ids, session.user_id, by);
    return others;
  }
  auto ended = static_cast<Sessions*>(this)->revoke_user(session.user_id, session.id, by);
  if (!ended) return ended.error();
  return OthersRevoked{std::move(*ended), {session, std::nullopt}};
}

Result<SessionPage> Sessions::list(const UserId& user, std::string_view after, std::size_t limit) {
  if (Result<void> rows = impl_->need_row(); !rows) return rows.error();
  if (limit < 1 || limit > 1000) return Error{Errc::invalid_argument, "limit is 1 to 1000"};
  return impl_->sessions.list_user(user, {impl_->clock.now(), std::string(after), limit});
}

Result<void> SessionBase::Impl::need_row() const {
  if (!stateless) return {};
  return Error{Errc::unsupported,
               "sessions that live in their cookies cannot be listed or found by id: use what a "
               "validation returned"};
}

Result<std::size_t> Sessions::prune() {
  constexpr std::size_t kBatch = 500;
  const UnixTime now = impl_->clock.now();
  // A row past its deadline has no tombstone, so it stays as long as one does.
  const UnixTime forgotten = now - kTombstoneLife;
  std::size_t total = 0;
  const auto drain = [&](const auto& batch) -> Result<void> {
    for (std::size_t gone = kBatch; gone == kBatch; total += gone) {
      auto pruned = batch();
      if (!pruned) return pruned.error();
      gone = *pruned;
    }
    return {};
  };
  Result<void> done = drain([&] { return impl_->sessions.prune(forgotten, kBatch); });
  if (done) done = drain([&] { return impl_->denials.prune_denials(now, kBatch); });
  if (done) done = drain([&] { return impl_->counters.prune_counters(now, kBatch); });
  if (done) done = drain([&] { return impl_->one_time.prune_secrets(now, kBatch); });
  if (!done) return done.error();
  if (impl_->options.events == nullptr) return total;
  const auto events = impl_->options.events->prune();
  if (!events) return events.error();
  total += *events;
  return total;
}

Sessions::Stats Sessions::stats() const noexcept { return impl_->validator.stats(); }

Result<void> Sessions::flush() {
  if (impl_->forked.crossed()) return forked_error();
  return impl_->behind.flush();
}

std::string_view session_state_name(SessionState state) noexcept {
  switch (state) {
    case SessionState::expired:
      return "expired";
    case SessionState::revoked:
      return "revoked";
    case SessionState::active:
      return "active";
    case SessionState::none:
      break;
  }
  return "none";
}

}  // namespace latchkey
