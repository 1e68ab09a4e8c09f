#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/app.h"

namespace latchkey::http {

// Visitor is who a request comes from, as its cookie tells.
struct Visitor {
  SessionState state = SessionState::none;
  bool has_cookie = false;               // something came under the cookie's name
  std::optional<SessionRecord> session;  // only when active
  std::optional<User> user;              // when the store knows the session's user
  std::vector<std::string> cookies;      // Set-Cookie values, when it must be written again
  bool keep_cookie = false;              // it names a key that may not have reached this node yet

  // signed_in tells whether there is a session of a user; a guest's is active but nobody's.
  bool signed_in() const noexcept { return session && !session->user_id.empty(); }
};

// LookOptions say how identify looks.
struct LookOptions {
  bool touch = true;          // counts as activity
  bool fresh = false;         // asks the store, not a cache
  bool disabled_too = false;  // only to end a session: it must not come back with its user
};

// identify validates the session cookie; a cookie that came twice is none (R41), and so is that of
// a disabled user. It logs bad tokens and duplicates, never their text.
Result<Visitor> identify(App& app, const Request& request, const LookOptions& options);

// client_of returns the address of the client behind trusted proxies.
std::string client_of(const App& app, const Request& request);

// lost_cookie tells whether this browser has just logged in by a form and did not keep the cookie.
bool lost_cookie(const App& app, const Request& request, const Visitor& visitor);

// write_cookies returns the Set-Cookie values of a session: several when it is cut into chunks, or
// when the request brought chunks that must go.
Result<std::vector<std::string>> write_cookies(const App& app, const Request& request,
                                               const SessionToken& token,
                                               const SessionRecord& record);
// set_cookie_headers puts them on `response`; blank_cookies deletes the session's cookies.
void set_cookie_headers(Response& response, std::vector<std::string> values);
void blank_cookies(const App& app, const Request& request, Response& response);

// blank_bad_cookie blanks a cookie that opens nothing, on pages only: an API answer that arrives
// late must not delete the cookie of a newer login. A prefetch changes nothing (R12).
void blank_bad_cookie(const App& app, const Request& request, const Visitor& visitor,
                      Response& response);

}  // namespace latchkey::http
