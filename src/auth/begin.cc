#include "account/counter_names.h"
#include "auth/session_impl.h"
#include "auth/takeover.h"
#include "auth/touch_rule.h"
#include "base/log.h"
#include "latchkey/origin_check.h"

namespace latchkey {
namespace {

using auth::Brought;
using auth::CookieAction;
using auth::Moment;

constexpr std::string_view kUnknownTokens = "unknown_tokens";

AuthState state_of(const Validation& last) noexcept {
  switch (last.state) {
    case SessionState::active:
      return last.session->user_id.empty() ? AuthState::guest : AuthState::user;
    case SessionState::expired:
      return AuthState::expired;
    case SessionState::revoked:
      return AuthState::revoked;
    case SessionState::none:
      break;
  }
  return AuthState::none;
}

}  // namespace

std::string_view AuthSession::Impl::expected_origin() const noexcept {
  return options.own_origin.empty() ? std::string_view{auth.url.origin()} : options.own_origin;
}

// admit decides before anything looks at the session (R51).
bool AuthSession::Impl::admit() {
  std::string_view why;
  if (auth.peer_refused(facts)) {
    why = "http_beyond_loopback";
  } else if (!bearer && !options.cross_site) {
    why = auth.origin_refusal(facts, options);
  }
  if (why.empty()) return true;
  const auto shown = [](const std::optional<std::string_view>& header) {
    return header ? guard::shown_origin(*header) : std::string("none");
  };
  log(LogLevel::warn, "origin_refused",
      {{"reason", why},
       {"path", options.route},
       {"received", shown(facts.origin)},
       {"expected", expected_origin()},
       {"sec_fetch_site", shown(facts.sec_fetch_site)},
       {"address", client()}});
  state = AuthState::refused;
  refused_for = why;
  return false;
}

Result<void> AuthSession::Impl::begin(Wait wait) {
  if (auth.options.bearer) {
    if (const auto shown_token = facts.bearer()) {
      bearer = true;
      presented = auth::Presented::from_bearer(*shown_token);
    }
  }
  if (!admit()) {
    rebuild();
    return {};
  }
  if (!bearer) presented = auth::Presented::from_cookie(facts, *auth.sessions);
  if (facts.web_socket) {  // the request is gone long before the connection is
    presented.own();
    if (auth.binder) shown_bound = bound_cookie();
    client();
  }
  return find_out(wait);
}

Result<void> AuthSession::Impl::find_out(Wait wait) {
  Result<void> done;
  switch (presented.brought()) {
    case Brought::nothing:
      done = take_over(wait);
      break;
    case Brought::one:
      done = look(wait);
      break;
    case Brought::several:
      log(LogLevel::warn, "duplicate_cookie", {{"address", client()}});
      if (decide(Moment::look, {}, options.offers) == CookieAction::remove) {
        cookies = blank_lines();
      }
      break;
  }
  if (!done && done.error().code == Errc::would_wait) return done;
  if (!done) {
    auth::log_failure(done.error(), options.route);
    return done;
  }
  rebuild();
  return {};
}

// A cookie of ours counts, good or bad: that of another system is for who has none.
Result<void> AuthSession::Impl::take_over(Wait wait) {
  Takeover* const takeover = auth.options.takeover.get();
  if (takeover == nullptr || !options.take_over) return {};
  if (bearer || facts.prefetch || !can_write()) return {};
  const UnixTime now = auth.clock.now();
  if (!takeover->wants(facts, now)) return {};
  if (wait == Wait::never) return would_wait();
  auto outcome = takeover->take(facts, client(), *auth.sessions, *auth.store, now);
  if (!outcome) return outcome.error();
  if (outcome->spent && !takeover->keeps_cookies()) {
    old_cookies = takeover->blank(facts, auth.url.https());
  }
  if (!outcome->session) return {};
  NewSession& made = *outcome->session;
  auto written = lines_for(made.token, made.record);
  if (!written) return written.error();
  install(made.token, std::move(made.record), std::move(*written));
  return {};
}

Result<void> AuthSession::Impl::look(Wait wait) {
  const bool asked_nothing = facts.method == "OPTIONS";
  const bool touch = auth::may_touch({.carrier = auth.options.carrier,
                                      .renew_cookie = auth.options.policy.renew_cookie,
                                      .may_write = can_write(),
                                      .prefetch = facts.prefetch,
                                      .passive = options.passive || asked_nothing});
  Result<void> looked = auth.sessions->validate_into(presented.text(),
                                                     {.touch = touch,
                                                      .with_user = true,
                                                      .fresh = options.fresh,
                                                      .snapshot_ok = facts.safe() && !auth.binder,
                                                      .lazy_user = !options.with_user,
                                                      .stale_ok = options.stale_ok,
                                                      .wait = wait},
                                                     last);
  if (!looked) return looked;
  if (last.user_disabled) {
    log(LogLevel::info, "disabled_user", {{"address", client()}});
  } else if (last.state == SessionState::none) {
    note_unknown_token();
  }
  const CookieAction action = decide(Moment::look, last, options.offers);
  if (action == CookieAction::write) {
    auto written = lines_for(*last.token, *last.session);
    if (!written) return written.error();
    cookies = std::move(*written);
    offered = !last.fresh;
  } else if (action == CookieAction::remove) {
    cookies = blank_lines();
  }
  if (bearer && last.token && last.fresh) {
    std::string text = last.token->reveal();
    token = SecretBytes(text);
    wipe(text.data(), text.size());
  }
  know();
  return {};
}

// A token cannot be guessed; who tries it often is made known (R94). The answer stays the same: a
// refusal would keep out those who share the address and bring an old cookie.
void AuthSession::Impl::note_unknown_token() {
  log(LogLevel::info, "bad_token", {{"address", client()}});
  const auto place = account::place_of(client());
  if (!place || !auth.unknown_tokens.goes_over(place->address, auth.clock.now())) return;
  DeviceContext by = context();
  log(LogLevel::warn, "limit_hit", {{"limit", kUnknownTokens}, {"address", by.address}});
  auth.events->add({.kind = EventKind::limit_reached,
                    .reason = std::string(kUnknownTokens),
                    .address = std::move(by.address),
                    .user_agent = std::move(by.user_agent),
                    .request_id = std::move(by.request_id)});
}

void AuthSession::Impl::know() {
  state = state_of(last);
  from_snapshot = last.from_snapshot;
  user_known = !last.from_snapshot;
  last.token.reset();
  check_device();
}

Result<void> AuthSession::Impl::refresh() {
  if (shown().empty()) return {};
  auto again = auth.sessions->validate(shown(), {.touch = false, .with_user = true, .fresh = true});
  if (!again) return again.error();
  last = *std::move(again);
  know();
  return {};
}

void AuthSession::Impl::forget(AuthState now) noexcept {
  state = now;
  record.reset();
  unproven.reset();
  user.reset();
  user_known = false;
  from_snapshot = false;
  edits.clear();
}

}  // namespace latchkey
