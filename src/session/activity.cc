#include "session/activity.h"

namespace latchkey::session {

Result<EventPage> list_activity(EventStore& store, EventLog* log, const UserId& user,
                                std::string_view after, std::size_t limit) {
  // Should that fail, the rest is still shown.
  if (log != nullptr) (void)log->flush().has_value();
  auto page = store.list_events({.user_id = user, .after = std::string(after), .limit = limit});
  if (!page) return page;
  for (Event& event : page->events) {
    event.account.clear();
    const bool for_operators =
        event.kind == EventKind::log_in_failed || event.kind == EventKind::device_refused;
    if (for_operators) event.reason.clear();
  }
  return page;
}

}  // namespace latchkey::session
