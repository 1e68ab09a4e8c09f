#pragma once

#include <string>

#include "http/pages/html.h"
#include "latchkey/time.h"

namespace latchkey::http {

// human_age says how long ago `then` was: "just now", "5 minutes ago", "yesterday", and from a week
// on the day, "3 March 2026".
std::string human_age(UnixTime then, UnixTime now);

// human_date writes the day in UTC, "3 March 2026".
std::string human_date(UnixTime time);

// append_age appends a <time> element with human_age as its text and the exact moment beside it.
void append_age(Html& html, UnixTime then, UnixTime now);
// append_date does the same with human_date.
void append_date(Html& html, UnixTime time);

}  // namespace latchkey::http
