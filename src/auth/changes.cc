#include "account/account_events.h"
#include "auth/session_impl.h"
#include "auth/takeover.h"
#include "base/log.h"
#include "base/utf8.h"
#include "codec/json/json.h"
#include "session/attributes.h"

// The calls that change a session or end it.
namespace latchkey {

Result<void> AuthSession::Impl::may_change(bool needs_cookie) const {
  if (state == AuthState::refused) {
    return Error{Errc::origin_refused, "the request came from a foreign page"};
  }
  if (needs_cookie && !bearer && !can_write()) {
    return Error{Errc::headers_sent, "the session's new cookie cannot be sent any more"};
  }
  return {};
}

Result<void> AuthSession::Impl::need_record() const {
  if (record) return {};
  return Error{Errc::not_found, "the request has no session"};
}

Result<void> AuthSession::Impl::need_user() const {
  if (state == AuthState::user) return {};
  return Error{Errc::not_found, "nobody is signed in"};
}

Error AuthSession::Impl::told(Error error) {
  // Without a session the state says what to answer.
  if (error.code == Errc::not_found) {
    failure.reset();
    demand_failed = true;
  } else {
    failure = error.code;
    if (auth::problem_of(error.code).status == 503) auth::log_failure(error, options.route);
  }
  rebuild();
  return error;
}

// The holder of the token is told whether it was ended or has run out.
Error AuthSession::Impl::gone() {
  if (Result<void> seen = refresh(); !seen) return told(seen.error());
  forget(record ? AuthState::none : state);
  return told({Errc::not_found, "the session has ended in the meantime"});
}

std::string_view AuthSession::Impl::shown() const noexcept {
  return token.empty() ? presented.text() : token.insecure_view();
}

void AuthSession::Impl::install(const SessionToken& issued, SessionRecord next,
                                std::vector<std::string> written) {
  std::string text = issued.reveal();
  token = SecretBytes(text);
  wipe(text.data(), text.size());
  state = next.user_id.empty() ? AuthState::guest : AuthState::user;
  record = std::move(next);
  unproven.reset();
  from_snapshot = false;
  cookies = std::move(written);
  offered = false;
  clearing = false;
  demand_failed = false;
  shortfall = auth::Shortfall::none;
  rebuild();
}

// renew takes over what a change of the session left: a record, and a token if it needs a new one.
Result<void> AuthSession::Impl::renew(Result<Updated> updated) {
  if (!updated && updated.error().code == Errc::not_found) return gone();
  if (!updated) return told(updated.error());
  if (!updated->token) {
    record = std::move(updated->record);
    return {};
  }
  auto written = lines_for(*updated->token, updated->record);
  if (!written) return told(written.error());
  install(*updated->token, std::move(updated->record), std::move(*written));
  return {};
}

Result<void> AuthSession::Impl::settle() {
  if (edits.empty() || !record) return {};
  if (Result<void> may = may_change(is_stateless(auth.options.carrier)); !may) {
    return told(may.error());
  }
  Result<void> sent = renew(auth.sessions->edit(*record, edits, shown()));
  if (sent) edits.clear();
  return sent;
}

void AuthSession::Impl::end(AuthState now) {
  forget(now);
  token = SecretBytes{};
  const bool removes = decide(auth::Moment::end, {}, false) == auth::CookieAction::remove;
  if (removes) {
    cookies = blank_lines();
    // A user who logs out must not come back by the cookie of another system.
    if (auth.options.takeover) old_cookies = auth.options.takeover->blank(facts, auth.url.https());
    if (auth.binder) bound_line = auth.binder->blank_cookie();
    device_offer.clear();
    offered = false;
    clearing = auth.url.https() && !auth.clear_site_data.empty();
  }
  rebuild();
}

bool AuthSession::has_changes() const noexcept { return !impl_->edits.empty(); }

Result<void> AuthSession::commit() {
  if (impl_->edits.empty()) return {};
  impl_->failure.reset();
  return impl_->settle();
}

Result<bool> AuthSession::log_out() {
  impl_->failure.reset();
  if (Result<void> may = impl_->may_change(false); !may) return impl_->told(may.error());
  auto before = impl_->previous();
  if (!before) return impl_->told(before.error());
  const Takeover* const takeover = impl_->auth.options.takeover.get();
  for (const SessionRecord& session : *before) {
    Result<void> waiting;
    if (takeover != nullptr) {
      waiting = takeover->end_for(*impl_->auth.store, session.user_id, impl_->auth.clock.now());
    }
    if (!waiting) return impl_->told(waiting.error());
    auto ended = impl_->auth.sessions->revoke(session, EndReason::logout, impl_->context());
    if (!ended) return impl_->told(ended.error());
    log(LogLevel::info, "logout",
        {{"session_id", session.id.text()}, {"address", impl_->client()}});
  }
  impl_->mark_left(*before);
  impl_->end(AuthState::none);
  return !before->empty();
}

void AuthSession::Impl::log_ended(std::span<const SessionId> ids) const {
  const std::string_view user_text = record->user_id.text();
  for (const SessionId& id : ids) {
    log(LogLevel::info, "session_revoked", {{"session_id", id.text()}, {"user_id", user_text}});
  }
  if (!is_stateless(auth.options.carrier)) return;  // those of stateless carriers are not known
  log(LogLevel::info, "user_sessions_revoked", {{"user_id", user_text}});
}

Result<std::size_t> AuthSession::log_out_others() {
  impl_->failure.reset();
  Result<void> fine = impl_->may_change(is_stateless(impl_->auth.options.carrier));
  if (fine) fine = impl_->need_user();
  if (!fine) return impl_->told(fine.error());
  if (Result<void> settled = impl_->settle(); !settled) return settled.error();
  auto others = impl_->auth.sessions->revoke_others(*impl_->record, impl_->context());
  if (!others && others.error().code == Errc::not_found) return impl_->gone();
  if (!others) return impl_->told(others.error());
  impl_->log_ended(others->ids);
  if (others->kept.token) {
    if (Result<void> kept = impl_->renew(std::move(others->kept)); !kept) return kept.error();
  }
  return others->ids.size();
}

Result<std::size_t> AuthSession::log_out_everywhere() {
  impl_->failure.reset();
  Result<void> fine = impl_->may_change(false);
  if (fine) fine = impl_->need_user();
  if (!fine) return impl_->told(fine.error());
  auto ended = impl_->auth.sessions->revoke_user(user_id(), std::nullopt, impl_->context());
  if (!ended) return impl_->told(ended.error());
  impl_->log_ended(*ended);
  impl_->end(AuthState::none);
  return ended->size();
}

// A snapshot is not enough here, nor is a copy in a cache.
Result<void> AuthSession::Impl::need_checked_user() {
  failure.reset();
  limit(Millis{0});
  Result<void> fine = may_change(true);
  if (fine) fine = need_user();
  if (!fine) return told(fine.error());
  if (Result<void> settled = settle(); !settled) return settled.error();
  if (Result<void> seen = refresh(); !seen) return told(seen.error());
  if (state != AuthState::user) return gone();
  return {};
}

Result<Rejection> AuthSession::reauthenticate(std::string_view password) {
  if (Result<void> fine = impl_->need_checked_user(); !fine) return fine.error();
  const auto proof =
      impl_->auth.accounts->check_password(user_id(), password, &*impl_->record, impl_->context());
  if (!proof) return impl_->told(proof.error());
  const bool proven = proof->rejection == Rejection::none;
  log(LogLevel::info, proven ? "reauthenticated" : "reauthentication_failed",
      {{"reason", rejection_name(proof->rejection)},
       {"session_id", impl_->record->id.text()},
       {"user_id", user_id().text()},
       {"address", impl_->client()}});
  impl_->limit(proof->retry_after);
  if (!proven) return proof->rejection;
  if (Result<void> raised = raise_level(level()); !raised) return raised.error();
  return Rejection::none;
}

Result<Rejection> AuthSession::change_password(std::string_view current, std::string_view wanted) {
  if (Result<void> fine = impl_->need_checked_user(); !fine) return fine.error();
  auto changed = impl_->auth.accounts->change_password(user_id(), current, wanted, &*impl_->record,
                                                       impl_->context());
  if (!changed) return impl_->told(changed.error());
  const bool done = changed->rejection == Rejection::none;
  log(LogLevel::info, done ? "password_changed" : "password_not_changed",
      {{"reason", rejection_name(changed->rejection)},
       {"user_id", user_id().text()},
       {"address", impl_->client()}});
  impl_->limit(changed->retry_after);
  if (changed->kept) {
    const Result<void> kept =
        impl_->renew(Updated{std::move(changed->kept->record), std::move(changed->kept->token)});
    if (!kept) return kept.error();
  }
  return changed->rejection;
}

Result<bool> AuthSession::delete_user() {
  impl_->failure.reset();
  Result<void> fine = impl_->may_change(false);
  if (fine) fine = impl_->need_user();
  if (!fine) return impl_->told(fine.error());
  const UserId id = user_id();
  const UnixTime now = impl_->auth.clock.now();
  const Takeover* const takeover = impl_->auth.options.takeover.get();
  if (takeover != nullptr) {
    if (auto waiting = takeover->end_for(*impl_->auth.store, id, now); !waiting) {
      return impl_->told(waiting.error());
    }
  }
  const auto removed = impl_->auth.store->users().delete_user(id, now);
  if (!removed) return impl_->told(removed.error());
  if (!*removed) return false;
  impl_->log_ended((*removed)->ids);
  account::note(*impl_->auth.sessions, EventKind::user_deleted, impl_->context(), {.user = id});
  log(LogLevel::info, "user_deleted", {{"user_id", id.text()}, {"address", impl_->client()}});
  impl_->end(AuthState::none);
  return true;
}

Result<void> AuthSession::raise_level(std::uint8_t level) {
  impl_->failure.reset();
  Result<void> fine = impl_->may_change(true);
  if (fine) fine = impl_->need_user();
  if (!fine) return impl_->told(fine.error());
  if (Result<void> settled = impl_->settle(); !settled) return settled;
  auto rotated = impl_->auth.sessions->rotate(*impl_->record, {.level = level});
  if (!rotated) return impl_->renew(rotated.error());
  return impl_->renew(Updated{std::move(rotated->record), std::move(rotated->token)});
}

Result<void> AuthSession::touch() {
  impl_->failure.reset();
  const AuthOptions& options = impl_->auth.options;
  Result<void> fine =
      impl_->may_change(is_stateless(options.carrier) || options.policy.renew_cookie);
  if (fine) fine = impl_->need_record();
  if (!fine) return impl_->told(fine.error());
  if (Result<void> settled = impl_->settle(); !settled) return settled;
  return impl_->renew(impl_->auth.sessions->touch(*impl_->record, impl_->shown()));
}

std::optional<std::string> AuthSession::attribute(std::string_view name) const {
  for (auto edit = impl_->edits.rbegin(); edit != impl_->edits.rend(); ++edit) {
    if (edit->name == name) return edit->json;
  }
  if (!impl_->record) return std::nullopt;
  const auto attributes = codec::parse_json(impl_->record->attributes);
  const codec::Json* found = attributes ? attributes->find(name) : nullptr;
  if (found == nullptr) return std::nullopt;
  return codec::write_json(*found);
}

Result<void> AuthSession::set(std::string_view name, std::string_view json) {
  impl_->failure.reset();
  Result<void> fine = impl_->may_change(false);
  if (fine) fine = impl_->need_record();
  if (!fine) return impl_->told(fine.error());
  AttributeEdit edit{std::string(name), std::string(json)};
  // What cannot be stored is refused here, where it can still be put right.
  if (auto checked = session::edited_attributes({}, std::span(&edit, 1)); !checked) {
    return impl_->told(checked.error());
  }
  impl_->edits.push_back(std::move(edit));
  return {};
}

Result<void> AuthSession::set_text(std::string_view name, std::string_view text) {
  std::string json;
  if (is_utf8(text)) codec::append_json_string(json, text);
  return set(name, json);
}

Result<void> AuthSession::erase(std::string_view name) {
  impl_->failure.reset();
  Result<void> fine = impl_->may_change(false);
  if (fine) fine = impl_->need_record();
  if (!fine) return impl_->told(fine.error());
  impl_->edits.push_back({std::string(name), std::nullopt});
  return {};
}

}  // namespace latchkey
