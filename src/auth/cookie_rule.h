#pragma once

#include <cstdint>
#include <string_view>

#include "latchkey/sessions.h"

namespace latchkey::auth {

// Moment is when the rule is asked.
enum class Moment : std::uint8_t {
  look,    // after the look-up that a request begins with
  change,  // a call of the program made a token: log-in, a new level, an attribute
  end,     // a call of the program ended the session
};

// Brought is what came under the cookie's name.
enum class Brought : std::uint8_t { nothing, one, several };

// CookieFacts are what the client brought and what is true now.
struct CookieFacts {
  Moment moment = Moment::look;
  Brought brought = Brought::nothing;
  SessionState state = SessionState::none;  // what it is worth
  bool unknown_key = false;  // it may be good on other nodes: its key has not arrived here yet
  bool token = false;        // there is one to write
  bool due = false;          // it must be written; otherwise it is an offer of a hybrid session
  bool offers = true;        // a cookie costs nothing here
  bool may_write = true;     // a header can still be added
  bool prefetch = false;     // nobody asked for the page yet
  bool navigation = true;    // the answer is a page that somebody waits for
  bool bearer = false;       // the client has no cookie, and wants none
};

enum class CookieAction : std::uint8_t { keep, write, remove };
std::string_view cookie_action_name(CookieAction action) noexcept;

// cookie_rule decides what happens to the cookie of the session. Pure; every Set-Cookie of a
// session is its decision. With `write` and `remove` also the other forms go in which the cookie
// may have been left behind (see SessionCookieForms). tests/auth_cases/cookie_rule.txt has the
// cases.
CookieAction cookie_rule(const CookieFacts& facts) noexcept;

}  // namespace latchkey::auth
