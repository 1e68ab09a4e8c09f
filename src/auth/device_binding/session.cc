#include "auth/device_binding/proof.h"
#include "auth/session_impl.h"
#include "base/log.h"
#include "base/text.h"
#include "latchkey/codec/cookie.h"

// Sessions that are bound to a key of their browser: docs/device_binding.md
namespace latchkey {
namespace {

using auth::BindingState;
using auth::ChallengeKind;

// proof_refused ends a change of the record; why, the caller knows.
Error proof_refused() { return {Errc::invalid_argument, "the proof of a device was refused"}; }

std::int64_t day_of(UnixTime time) noexcept {
  return time.time_since_epoch() / std::chrono::days{1};
}

// bound_just_now: a browser binds while it loads the page behind the log-in, whose requests are
// under way without the short cookie then.
bool bound_just_now(std::string_view binding, UnixTime now) {
  constexpr Millis kUnderWay = std::chrono::seconds{10};
  const auto state = BindingState::read(binding);
  return state && now < state->bound_at + kUnderWay;
}

DeviceAnswer problem_answer(const auth::Problem& problem) {
  return {.status = problem.status, .json = auth::problem_json(problem), .problem = true};
}

}  // namespace

std::string_view AuthSession::Impl::bound_cookie() const noexcept {
  if (!shown_bound.empty()) return shown_bound;
  return find_cookie(facts.cookie_lines(), auth.binder->cookie_name()).value;
}

// A bound session is its user's only together with the short cookie (R164). It is not ended: the
// browser that has the key gets a new one and asks again.
void AuthSession::Impl::check_device() {
  unproven.reset();
  if (!auth.binder || state != AuthState::user) return;
  const UnixTime now = auth.clock.now();
  if (record->binding.empty()) {
    const bool late = now >= record->created_at + kBindingTime;
    if (auth.options.device_binding.mode != DeviceBinding::require || !late) return;
  } else if (!bearer && (auth.binder->proves(bound_cookie(), record->id, now) ||
                         bound_just_now(record->binding, now))) {
    return;
  }
  unproven = std::move(record);
  record.reset();
  user.reset();
  user_known = false;
  state = AuthState::unproven;
}

// Whatever goes wrong with an offer, the log-in stands.
void AuthSession::Impl::offer_device() {
  if (!auth.binder || !auth.binder->offers() || bearer) return;
  const auto drawn = auth.binder->challenge(ChallengeKind::registration, record->id, kBindingTime,
                                            auth.clock.now(), *auth.entropy);
  if (!drawn) return auth::log_failure(drawn.error(), options.route);
  device_offer = auth.binder->offer(*drawn);
  rebuild();
}

void AuthSession::Impl::note_device(EventKind kind, const SessionRecord& bound,
                                    std::string_view reason, bool tell) {
  DeviceContext by = context();
  log(kind == EventKind::device_refused ? LogLevel::warn : LogLevel::info, event_kind_name(kind),
      {{"reason", reason}, {"session_id", bound.id.text()}, {"address", by.address}});
  if (!tell) return;
  auth.events->add({.kind = kind,
                    .user_id = bound.user_id,
                    .session_id = bound.id,
                    .reason = std::string(reason),
                    .address = std::move(by.address),
                    .user_agent = std::move(by.user_agent),
                    .request_id = std::move(by.request_id)});
}

// The answer is the same whatever was wrong, and whether there is a session at all (R165).
Result<DeviceAnswer> AuthSession::Impl::refuse_registration(std::string_view reason) {
  if (record) note_device(EventKind::device_refused, *record, reason);
  return problem_answer(auth::kProofRefused);
}

Result<DeviceAnswer> AuthSession::Impl::ask_for_proof(const SessionRecord& bound,
                                                      std::string_view reason) {
  // Of who shows no cookie nothing is written down: anybody may know the public id of a session.
  if (!reason.empty()) {
    note_device(EventKind::device_refused, bound, reason, brought(bound.id));
  }
  const auto drawn = auth.binder->challenge(ChallengeKind::refresh, bound.id, kBindingTime,
                                            auth.clock.now(), *auth.entropy);
  if (!drawn) return keep_binding(drawn.error());
  device_challenge = "\"" + *drawn + "\";id=\"" + std::string(bound.id.text()) + "\"";
  rebuild();
  return problem_answer(auth::kProofNeeded);
}

// The next challenge goes with the answer, so that the next refresh takes one request and not two.
// It waits for the end of the cookie, and its time begins then.
Result<DeviceAnswer> AuthSession::Impl::accept_proof(SessionRecord bound) {
  const UnixTime now = auth.clock.now();
  const auto cookie = auth.binder->write_cookie(bound.id, now);
  if (!cookie) return keep_binding(cookie.error());
  const Millis life = auth.options.device_binding.cookie_life + kBindingTime;
  const auto next =
      auth.binder->challenge(ChallengeKind::refresh, bound.id, life, now, *auth.entropy);
  if (!next) return keep_binding(next.error());
  bound_line = *cookie;
  device_challenge = "\"" + *next + "\";id=\"" + std::string(bound.id.text()) + "\"";
  DeviceAnswer answer{.json = auth.binder->instructions(bound.id)};
  if (brought(bound.id)) {
    unproven.reset();
    record = std::move(bound);
    state = AuthState::user;
  }
  rebuild();
  return answer;
}

bool AuthSession::Impl::brought(const SessionId& named) const noexcept {
  const auto& session = unproven ? unproven : record;
  return !bearer && session && session->id == named;
}

// Chromium gives a binding up at any status below 500 but 403.
Error AuthSession::Impl::keep_binding(Error error) {
  if (auth::problem_of(error.code).status < 500) error.code = Errc::overloaded;
  return told(std::move(error));
}

// R162: bound once, to the session whose log-in offered it, within the time of the offer.
Result<DeviceAnswer> AuthSession::register_device() {
  impl_->failure.reset();
  if (Result<void> may = impl_->may_change(true); !may) return impl_->told(may.error());
  Auth::Impl& auth = impl_->auth;
  if (!auth.binder || !*this || impl_->bearer) return impl_->refuse_registration("no_session");
  const auto shown = impl_->facts.device_proof;
  if (!shown) return impl_->refuse_registration("no_proof");
  const auto verdict = auth::check_proof(auth::unquoted(*shown), nullptr);
  if (!verdict.proof) return impl_->refuse_registration(proof_fault_name(verdict.fault));
  const SessionId id = impl_->record->id;
  const UnixTime now = auth.clock.now();
  if (!auth.binder->challenge_number(verdict.proof->challenge, ChallengeKind::registration, id,
                                     now)) {
    return impl_->refuse_registration("challenge");
  }
  bool free = true;
  auto bound = auth.sessions->rebind(id, [&](const SessionRecord& current) -> Result<std::string> {
    free = current.binding.empty();
    if (!free) return proof_refused();
    const BindingState state{.key = verdict.proof->key, .bound_at = now, .refreshed_at = now};
    return state.write();
  });
  if (!bound && bound.error().code == Errc::not_found) {
    return impl_->refuse_registration("no_session");
  }
  if (!bound && !free) return impl_->refuse_registration("bound_already");
  if (!bound) return impl_->told(bound.error());
  impl_->note_device(EventKind::device_bound, *bound, {});
  return impl_->accept_proof(*std::move(bound));
}

// R161, R163 to R166, R168: only what the store says for certain ends a binding in the browser. The
// session is the one that is named: for a link of another site the browser refreshes without any
// cookie (SameSite). Nobody gains by that, since the short cookie opens nothing without the long
// one.
Result<DeviceAnswer> AuthSession::refresh_device() {
  impl_->failure.reset();
  if (Result<void> may = impl_->may_change(true); !may) return impl_->told(may.error());
  Auth::Impl& auth = impl_->auth;
  const auto shown_id = impl_->facts.device_session;
  const auto named = SessionId::parse(auth::unquoted(shown_id.value_or(std::string_view{})));
  if (!named) return problem_answer(auth::kNoDeviceSession);
  // The short cookie stays: it may be that of a newer session by now, which has the same name.
  const DeviceAnswer forget{.json = auth::end_instructions(*named)};
  const bool another = (impl_->unproven || impl_->record) && !impl_->brought(*named);
  if (!auth.binder || another) return forget;
  const auto shown = impl_->facts.device_proof;
  const UnixTime now = auth.clock.now();
  std::optional<SessionRecord> bound;
  std::string_view reason;
  bool refused = false, tell = true;
  auto proven =
      auth.sessions->rebind(*named, [&](const SessionRecord& current) -> Result<std::string> {
        refused = true;
        reason = {};
        bound.reset();
        if (current.binding.empty()) return proof_refused();
        bound = current;
        auto state = BindingState::read(current.binding);
        refused = state.has_value();
        if (!state) return Error{Errc::store_damaged, "a session's binding cannot be read"};
        if (!shown) return proof_refused();
        const auto verdict = auth::check_proof(auth::unquoted(*shown), &state->key);
        reason = proof_fault_name(verdict.fault);
        if (!verdict.proof) return proof_refused();
        const auto number = auth.binder->challenge_number(verdict.proof->challenge,
                                                          ChallengeKind::refresh, current.id, now);
        reason = number ? "used_challenge" : "challenge";
        if (!number || !state->use(*number)) return proof_refused();
        refused = false;
        // An event for each would leave room for no other.
        tell = day_of(now) != day_of(state->refreshed_at);
        state->refreshed_at = now;
        return state->write();
      });
  if (!proven && proven.error().code == Errc::not_found) return forget;
  if (!proven && refused) return bound ? impl_->ask_for_proof(*bound, reason) : forget;
  if (!proven) return impl_->keep_binding(proven.error());
  impl_->note_device(EventKind::device_refreshed, *proven, {}, tell);
  return impl_->accept_proof(*std::move(proven));
}

}  // namespace latchkey
