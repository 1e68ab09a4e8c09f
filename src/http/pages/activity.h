#pragma once

#include <vector>

#include "http/pages/html.h"
#include "latchkey/store/event_store.h"

namespace latchkey::http {

// append_activity shows what happened to an account, the newest first.
void append_activity(Html& html, const std::vector<Event>& events, UnixTime now);

}  // namespace latchkey::http
