#include "http/login.h"

#include "base/log.h"
#include "http/takeover.h"

namespace latchkey::http {
namespace {

Result<AccountOutcome> ask(App& app, Entrance entrance, const Credentials& credentials,
                           const CreateOptions& options) {
  return entrance == Entrance::sign_up ? app.accounts.sign_up(credentials, options)
                                       : app.accounts.log_in(credentials, options);
}

void log_entry(Entrance entrance, const AccountOutcome& outcome, std::string_view address) {
  if (outcome.rejection != Rejection::none) {
    log(LogLevel::info, entrance == Entrance::sign_up ? "signup_failed" : "login_failed",
        {{"reason", rejection_name(outcome.rejection)}, {"address", address}});
    return;
  }
  log(LogLevel::info, entrance == Entrance::sign_up ? "signup" : "login_ok",
      {{"session_id", outcome.session->record.id.text()},
       {"user_id", outcome.user->id.text()},
       {"address", address}});
}

// replace_session ends the session the browser came with.
Result<bool> replace_session(App& app, const Visitor& before) {
  if (!before.session) return false;
  return app.sessions.revoke(*before.session,
                             before.signed_in() ? EndReason::logout : EndReason::replaced);
}

}  // namespace

Result<Entry> enter(App& app, const Request& request, Entrance entrance,
                    const Credentials& credentials, bool remember) {
  auto before = identify(app, request, {.touch = false, .disabled_too = true});
  if (!before) return before.error();
  const std::string address = client_of(app, request);
  CreateOptions options;
  options.context = {.user_agent = request.header("user-agent").value_or(""), .address = address};
  options.remember = remember;
  auto outcome = ask(app, entrance, credentials, options);
  if (!outcome) return outcome.error();
  log_entry(entrance, *outcome, address);
  if (outcome->rejection != Rejection::none) return Entry{.rejection = outcome->rejection};

  const NewSession& opened = *outcome->session;
  auto cookies = write_cookies(app, request, opened.token, opened.record);
  auto replaced = replace_session(app, *before);
  if (!cookies || !replaced) {
    // Nobody will ever hold this session's token, so its end only saves its expiry.
    (void)app.sessions.revoke(opened.record).has_value();
    return cookies ? replaced.error() : cookies.error();
  }
  Entry entry;
  entry.session = opened.record;
  entry.user = std::move(outcome->user);
  entry.cookies = std::move(*cookies);
  return entry;
}

Result<bool> leave(App& app, const Request& request) {
  auto visitor = identify(app, request, {.touch = false, .disabled_too = true});
  if (!visitor) return visitor.error();
  if (!visitor->session) return false;
  if (app.migration) {
    auto waiting = app.migration->end_for(app, visitor->session->user_id);
    if (!waiting) return waiting.error();
  }
  auto ended = app.sessions.revoke(*visitor->session, EndReason::logout);
  if (!ended) return ended.error();
  log(LogLevel::info, "logout",
      {{"session_id", visitor->session->id.text()}, {"address", client_of(app, request)}});
  return true;
}

void add_logout_headers(const App& app, const Request& request, Response& response) {
  blank_cookies(app, request, response);
  if (app.migration) app.migration->blank(app, request, response);
  // Not "cookies": they would go from the whole domain, those of other sites too. Not "storage": we
  // keep nothing there, so it could only be that of another application of this origin.
  if (app.https()) response.headers.emplace_back("Clear-Site-Data", "\"cache\"");
}

}  // namespace latchkey::http
