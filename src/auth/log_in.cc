#include <algorithm>

#include "auth/session_impl.h"
#include "base/log.h"
#include "latchkey/codec/cookie.h"
#include "session/attributes.h"

// The calls that open a session.
namespace latchkey {
namespace {

void log_entrance(bool signing_up, const AccountOutcome& outcome, std::string_view address) {
  if (outcome.rejection != Rejection::none) {
    log(LogLevel::info, signing_up ? "signup_failed" : "login_failed",
        {{"reason", rejection_name(outcome.rejection)},
         {"account", outcome.account},
         {"address", address}});
    return;
  }
  log(LogLevel::info, signing_up ? "signup" : "login_ok",
      {{"session_id", outcome.session->record.id.text()},
       {"user_id", outcome.session->record.user_id.text()},
       {"address", address}});
}

}  // namespace

// Of a name that came several times each value may be a session, and each is ended.
Result<std::vector<SessionRecord>> AuthSession::Impl::previous() {
  std::vector<std::string_view> texts;
  if (!shown().empty()) {
    texts.push_back(shown());
  } else if (presented.brought() == auth::Brought::several) {
    texts = auth::all_values(facts.cookie_lines(), auth.sessions->options().cookie.name);
  }
  std::vector<SessionRecord> found;
  for (const std::string_view text : texts) {
    auto seen =
        auth.sessions->validate(text, {.touch = false, .fresh = true, .disabled_too = true});
    if (!seen) return seen.error();
    if (seen->session) found.push_back(std::move(*seen->session));
  }
  return found;
}

Result<void> AuthSession::Impl::replace(const std::vector<SessionRecord>& before) {
  for (const SessionRecord& session : before) {
    const bool guest = session.user_id.empty();
    auto ended =
        auth.sessions->revoke(session, guest ? EndReason::replaced : EndReason::logout, context());
    if (!ended) return ended.error();
  }
  return {};
}

Result<Rejection> AuthSession::Impl::enter(bool signing_up, const LogInOptions& given,
                                           const Entrance& open) {
  failure.reset();
  limit(Millis{0});
  if (Result<void> may = may_change(!given.bearer); !may) return told(may.error());
  if (given.level < 1 || given.level > 3) {
    return told({Errc::invalid_argument, "the level of a log-in is 1 to 3"});
  }
  if (given.bearer && !auth.options.bearer) {
    return told({Errc::unsupported, "bearer tokens are switched off: AuthOptions::bearer"});
  }
  // A guest's changes move over with the rest. A session that is gone has nothing to move.
  Result<void> settled = settle();
  if (!settled && settled.error().code != Errc::not_found) return settled.error();
  auto outcome = open_session(signing_up, given, open);
  if (!outcome) return told(outcome.error());
  return outcome;
}

// The session of before is ended last: whatever fails until then leaves it, and its cookie, as they
// were. What was opened is ended again as far as the store lets it.
Result<Rejection> AuthSession::Impl::open_session(bool signing_up, const LogInOptions& given,
                                                  const Entrance& open) {
  std::vector<SessionRecord> before;
  if (!given.bearer || bearer) {
    auto found = previous();
    if (!found) return found.error();
    before = std::move(*found);
  }
  std::string carried;
  if (before.size() == 1 && before.front().user_id.empty()) {
    auto kept = session::carried_attributes(before.front().attributes, given.carry);
    if (!kept) return kept.error();
    carried = std::move(*kept);
  }
  auto attributes = session::patched_attributes(carried, given.attributes);
  if (!attributes) return attributes.error();
  const CreateOptions creating{.attributes = *std::move(attributes),
                               .context = context(),
                               .remember = given.remember,
                               .level = given.level};
  auto outcome = open(creating, {.device = shown_device(), .sessions = before});
  if (!outcome) return outcome.error();
  log_entrance(signing_up, *outcome, client());
  if (outcome->retry_after > Millis{0}) limit(outcome->retry_after);
  if (outcome->rejection != Rejection::none) return outcome->rejection;

  NewSession& made = *outcome->session;
  const bool had_cookie = !bearer;
  bearer = bearer || given.bearer;
  auto written = lines_for(made.token, made.record);
  Result<void> replaced;
  if (written) replaced = replace(before);
  if (!written || !replaced) {
    bearer = bearer && !had_cookie;
    // Nobody will ever hold this session's token, so its end only saves its expiry.
    (void)auth.sessions->revoke(made.record).has_value();
    return written ? replaced.error() : written.error();
  }
  user_known = outcome->user.has_value();
  user = std::move(outcome->user);
  edits.clear();
  if (signing_up && auth.options.passwords.limits.device_at_sign_up) {
    outcome->device = auth.accounts->known_device(made.record.user_id, shown_device());
  }
  // A browser that has shown a session of this user gets its device cookie at log-out.
  const bool proven = std::any_of(before.begin(), before.end(), [&](const SessionRecord& one) {
    return one.user_id == made.record.user_id;
  });
  if (!written->empty() && (!proven || !shown_device().empty())) {
    mark_device(outcome->device, made.record.persistent);
  }
  const bool with_cookie = !written->empty();
  install(made.token, std::move(made.record), std::move(*written));
  if (with_cookie) offer_device();
  return Rejection::none;
}

std::string_view AuthSession::Impl::shown_device() const noexcept {
  return find_cookie(facts.cookie_lines(), auth.device_cookie->options().name).value;
}

// Without it the browser is only not known next time.
void AuthSession::Impl::mark_device(const std::string& value, bool persistent) {
  if (value.empty()) return;
  const UnixTime now = auth.clock.now();
  const std::optional<UnixTime> until =
      persistent ? std::optional(now + auth.options.passwords.limits.device_life) : std::nullopt;
  if (auto line = auth.device_cookie->write(value, until, now)) device_line = std::move(*line);
}

// Where nobody logs in by password there are no accounts, and nobody guesses.
void AuthSession::Impl::mark_left(std::span<const SessionRecord> ended) {
  if (bearer || auth.accounts == nullptr) return;
  std::string device(shown_device());
  for (const SessionRecord& session : ended) {
    if (session.user_id.empty()) continue;
    device = auth.accounts->known_device(session.user_id, device);
    mark_device(device, session.persistent);
  }
}

void AuthSession::Impl::limit(Millis wait) {
  constexpr Millis kSecond = std::chrono::seconds{1};
  if (wait == retry_after) return;
  retry_after = wait;
  const auto seconds = (wait + kSecond - Millis{1}) / kSecond;
  retry_text = wait > Millis{0} ? std::to_string(seconds) : std::string{};
  rebuild();
}

// The epoch is read first: who ends all sessions of the user after that ends this log-in, too.
Result<AccountOutcome> AuthSession::Impl::open_for(const UserId& id,
                                                   const CreateOptions& creating) {
  auto epoch = auth.store->epochs().user_epoch(id);
  if (!epoch) return epoch.error();
  auto stored = auth.store->users().find_user(id);
  if (!stored) return stored.error();
  if (*stored && (*stored)->user.disabled) {
    auth.events->add({.kind = EventKind::log_in_failed,
                      .user_id = id,
                      .reason = "user_disabled",
                      .address = creating.context.address,
                      .user_agent = creating.context.user_agent,
                      .request_id = creating.context.request_id});
    return AccountOutcome{.rejection = Rejection::wrong_credentials};
  }
  CreateOptions racing = creating;
  racing.user_epoch = *epoch;
  auto made = auth.sessions->create(id, racing);
  if (!made) return made.error();
  AccountOutcome outcome{.session = std::move(*made)};
  if (*stored) outcome.user = std::move((*stored)->user);
  return outcome;
}

Result<Rejection> AuthSession::sign_up(const Credentials& credentials,
                                       const LogInOptions& options) {
  const auto open = [&](const CreateOptions& creating, const Returning&) {
    return impl_->auth.accounts->sign_up(credentials, creating);
  };
  return impl_->enter(true, options, open);
}

Result<Rejection> AuthSession::log_in(const Credentials& credentials, const LogInOptions& options) {
  const auto open = [&](const CreateOptions& creating, const Returning& client) {
    return impl_->auth.accounts->log_in(credentials, creating, client);
  };
  return impl_->enter(false, options, open);
}

Result<Rejection> AuthSession::log_in(const UserId& user_id, const LogInOptions& options) {
  const auto open = [&](const CreateOptions& creating, const Returning&) {
    return impl_->open_for(user_id, creating);
  };
  return impl_->enter(false, options, open);
}

Millis AuthSession::retry_after() const noexcept { return impl_->retry_after; }

Result<void> AuthSession::start_guest() {
  impl_->failure.reset();
  if (Result<void> may = impl_->may_change(true); !may) return impl_->told(may.error());
  if (impl_->state == AuthState::guest) return {};
  if (impl_->state == AuthState::user || impl_->state == AuthState::unproven) {
    return impl_->told({Errc::invalid_argument, "somebody is signed in: log out first"});
  }
  auto made = impl_->auth.sessions->create_guest({.context = impl_->context()});
  if (!made) return impl_->told(made.error());
  auto written = impl_->lines_for(made->token, made->record);
  if (!written) return impl_->told(written.error());
  impl_->install(made->token, std::move(made->record), std::move(*written));
  return {};
}

}  // namespace latchkey
