#pragma once

#include "latchkey/carrier.h"

namespace latchkey::auth {

// TouchFacts are what is known of a request before its session is looked up.
struct TouchFacts {
  Carrier carrier = Carrier::stored;
  bool renew_cookie = false;  // Policy::renew_cookie: the cookie slides with the row
  bool may_write = true;      // a new cookie can reach the browser
  bool prefetch = false;      // nobody asked for the page yet
  bool passive = false;       // the program says that this is no activity
};

// may_touch tells whether a request may move the idle deadline. Pure. Where cookie and deadline
// move together, neither moves without the other: a deadline that no cookie follows would put off
// the next renewal until the cookie has run out. tests/auth_cases/touch_rule.txt has every case.
bool may_touch(const TouchFacts& facts) noexcept;

}  // namespace latchkey::auth
