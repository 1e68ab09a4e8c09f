#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/auth_impl.h"
#include "auth/cookie_rule.h"
#include "auth/presented.h"
#include "auth/problem.h"
#include "auth/request_facts.h"
#include "latchkey/attributes.h"
#include "latchkey/auth_session.h"
#include "latchkey/event_kind.h"

namespace latchkey {

// Impl is one request: what it brought, who that is, and what goes back.
struct AuthSession::Impl {
  Impl(Auth::Impl& shared, const RequestView& request, const BeginOptions& asked)
      : auth(shared), options(asked), facts(request) {}

  // begin.cc: who sends the request, before the program does anything.
  // With Wait::never, Errc::would_wait means that find_out is to be called again.
  Result<void> begin(Wait wait);
  Result<void> find_out(Wait wait);
  bool admit();
  bool page() const noexcept;  // a bad cookie is deleted here
  std::string_view expected_origin() const noexcept;
  Result<void> take_over(Wait wait);
  Result<void> look(Wait wait);
  // refresh asks the store again who this is, and changes nothing that goes back.
  Result<void> refresh();
  // know takes over what a look-up has just written into `last`.
  void know();
  void note_unknown_token();

  // device_binding/session.cc: sessions that are bound to their browser.
  // check_device takes a user's session away from whom shows no proof of its key.
  void check_device();
  // bound_cookie is the value of the short cookie that came.
  std::string_view bound_cookie() const noexcept;
  void offer_device();
  void note_device(EventKind kind, const SessionRecord& bound, std::string_view reason,
                   bool tell = true);
  Result<DeviceAnswer> refuse_registration(std::string_view reason);
  Result<DeviceAnswer> ask_for_proof(const SessionRecord& bound, std::string_view reason);
  Result<DeviceAnswer> accept_proof(SessionRecord bound);
  // brought: the request brought the long cookie of this session.
  bool brought(const SessionId& named) const noexcept;
  Error keep_binding(Error error);
  void log_ended(std::span<const SessionId> ids) const;
  void forget(AuthState now) noexcept;

  // changes.cc: what all calls that change something share.
  Result<void> may_change(bool needs_cookie) const;
  Result<void> need_record() const;
  Result<void> need_user() const;
  // need_checked_user: one who is signed in as the store says now, for what asks for a password.
  Result<void> need_checked_user();
  // settle sends attributes that wait, before something else changes the session.
  Result<void> settle();
  // told keeps what failed for status(), and returns it; gone finds out why the session is no more.
  Error told(Error error);
  Error gone();
  // shown is the token this client has now: the newest it was given, or the one it brought.
  std::string_view shown() const noexcept;
  // install makes what was just issued the session of this client; `lines` are from lines_for.
  void install(const SessionToken& issued, SessionRecord next, std::vector<std::string> lines);
  Result<void> renew(Result<Updated> updated);
  void end(AuthState now);

  // log_in.cc
  using Entrance = std::function<Result<AccountOutcome>(const CreateOptions&, const Returning&)>;
  Result<Rejection> enter(bool signing_up, const LogInOptions& given, const Entrance& open);
  Result<Rejection> open_session(bool signing_up, const LogInOptions& given, const Entrance& open);
  Result<AccountOutcome> open_for(const UserId& id, const CreateOptions& creating);
  // previous finds what this client had before, also when its user is disabled.
  Result<std::vector<SessionRecord>> previous();
  Result<void> replace(const std::vector<SessionRecord>& before);
  // shown_device returns the value of the device cookie that came.
  std::string_view shown_device() const noexcept;
  // mark_device writes the cookie by which this browser is known to the user's next log-in.
  void mark_device(const std::string& value, bool persistent);
  // mark_left does so for users who log out: until now their session told whose browser this is.
  void mark_left(std::span<const SessionRecord> ended);
  // limit tells, or ends, that tries are refused for so long.
  void limit(Millis wait);

  // answer.cc
  bool can_write() const noexcept;
  auth::CookieAction decide(auth::Moment moment, const Validation& seen, bool offers) const;
  // lines_for returns the Set-Cookie values that write a session, or none when no cookie is to be
  // written. With them go those that delete what other configurations left.
  Result<std::vector<std::string>> lines_for(const SessionToken& issued,
                                             const SessionRecord& next) const;
  std::vector<std::string> blank_lines() const;
  void rebuild();
  const auth::Problem* trouble() const noexcept;
  const std::string& client();
  // context is where the request comes from, for sessions and events.
  DeviceContext context();

  Auth::Impl& auth;
  const BeginOptions options;
  auth::RequestFacts facts;
  auth::Presented presented{};
  AuthState state = AuthState::none;
  bool bearer = false;  // the client keeps its token itself: no cookie is read or written
  bool headers_sent = false;
  bool is_cacheable = false;
  bool demand_failed = false;
  std::string_view refused_for{};  // why, when the state is `refused`
  bool user_known = false;         // `user` is what the store says
  bool from_snapshot = false;
  auth::Shortfall shortfall = auth::Shortfall::none;
  std::optional<Errc> failure{};
  std::optional<SessionRecord> unproven{};  // in the state of that name, and for no other use
  Validation last{};  // the last look-up: these three stay where it wrote them
  std::optional<SessionRecord>& record = last.session;  // of a user or a guest
  std::optional<User>& user = last.user;
  Millis& stale_for = last.stale_for;
  SecretBytes token{};  // the newest one given to the client in this request
  std::vector<AttributeEdit> edits{};
  std::string address{};  // of the client, once it was asked for

  std::vector<std::string> cookies{};      // Set-Cookie values
  std::vector<std::string> old_cookies{};  // likewise: they delete those of another system
  std::string device_line{};               // likewise: the device cookie
  std::string bound_line{};                // likewise: the short cookie of a bound session
  std::string shown_bound{};               // the value of that cookie, of a web socket
  std::string device_offer{};              // Secure-Session-Registration
  std::string device_challenge{};          // Secure-Session-Challenge
  Millis retry_after{0};                   // no try is allowed before
  std::string retry_text{};                // the same in seconds, for a header
  bool offered = false;                    // they are an offer, which may stay away
  bool clearing = false;                   // Clear-Site-Data goes with them
  std::string challenge{};                 // WWW-Authenticate
  std::vector<HeaderLine> own_lines{};
  std::span<const HeaderLine> lines{};
};

}  // namespace latchkey
