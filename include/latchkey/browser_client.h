#pragma once

#include <string>
#include <string_view>

#include "latchkey/auth.h"
#include "latchkey/time.h"

// A script for a site's pages that detects in the browser that the session has ended: in this
// tab or another, at its deadline or by a log-out. The site serves two more URLs for it and
// writes one element into its pages (docs/browser_client.md):
//
//   GET /latchkey.js          browser_script(), as text/javascript
//   GET /v1/session/status    session_status(session), as application/json; begun as kStatusPoll
//   <head> ... + script_element(session)
//   <main data-latchkey-private> what is hidden when the session ends </main>
namespace latchkey {

// browser_script is the text of the script. It is the same as <prefix>/share/latchkey/latchkey.js.
std::string_view browser_script() noexcept;
// browser_script_version changes with the text: for an ETag, or behind `?v=`. Letters, digits, - _.
const std::string& browser_script_version();

// kStatusPoll is how the session of a status request is begun: asking is no activity of the user,
// and the cookie of an ended session stays for the log-in page, which says why it ended.
inline constexpr BeginOptions kStatusPoll{.passive = true, .keep_bad_cookie = true};

// session_status is the JSON that the script requests. It says whether a user is signed in, until
// when, or why no longer; it holds no secrets. `clock` is that of the Auth. If Auth::begin failed
// there is no status: answer failure_status() and failure_problem(), which the script does not
// treat as the end of the session.
std::string session_status(const AuthSession& session, const Clock& clock = system_clock());

// session_hint is the session as JSON for the attribute data-session, so that the script does not
// have to ask for it. Escape it.
std::string session_hint(const AuthSession& session);

// BrowserPaths are the addresses of a site, where they are others than the script's own:
// /v1/session/status and /v1/logout beside the script.
struct BrowserPaths {
  std::string_view script = "/latchkey.js";
  std::string_view status{};   // empty: the script's own
  std::string_view log_out{};  // a POST there ends the session; empty: the script's own
};

// script_element is the <script> for the head of a page that `session` is shown.
std::string script_element(const AuthSession& session, const BrowserPaths& paths = {});

}  // namespace latchkey
