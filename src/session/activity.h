#pragma once

#include <cstddef>
#include <string_view>

#include "latchkey/event_log.h"
#include "latchkey/store.h"

namespace latchkey::session {

// list_activity returns the events of `user`, newest first, as that user may see them: why a log-in
// failed and which name was tried is for operators. What waits in `log` (nullptr: nothing) is
// written first, so that what has just happened is seen.
Result<EventPage> list_activity(EventStore& store, EventLog* log, const UserId& user,
                                std::string_view after, std::size_t limit);

}  // namespace latchkey::session
