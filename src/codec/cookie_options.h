#pragma once

#include <string>

#include "latchkey/codec/cookie.h"

namespace latchkey::codec {

// cookie_fault tells what is wrong with `options`, with the value and what to write instead; empty:
// nothing. A browser drops a cookie it cannot place without a word, so what none of them would keep
// or ever send back is refused here. Public suffixes with a dot, such as co.uk, are not known.
std::string cookie_fault(const CookieOptions& options);

}  // namespace latchkey::codec
