#include "latchkey/event_kind.h"

namespace latchkey {

std::string_view event_kind_name(EventKind kind) noexcept {
  switch (kind) {
    case EventKind::log_in:
      return "log_in";
    case EventKind::log_in_failed:
      return "log_in_failed";
    case EventKind::log_out:
      return "log_out";
    case EventKind::session_revoked:
      return "session_revoked";
    case EventKind::session_rotated:
      return "session_rotated";
    case EventKind::session_evicted:
      return "session_evicted";
    case EventKind::session_expired:
      return "session_expired";
    case EventKind::sign_up:
      return "sign_up";
    case EventKind::password_changed:
      return "password_changed";
    case EventKind::password_reset:
      return "password_reset";
    case EventKind::email_verified:
      return "email_verified";
    case EventKind::limit_reached:
      return "limit_reached";
    case EventKind::user_disabled:
      return "user_disabled";
    case EventKind::user_enabled:
      return "user_enabled";
    case EventKind::user_deleted:
      return "user_deleted";
    case EventKind::reauthenticated:
      return "reauthenticated";
    case EventKind::secret_requested:
      return "secret_requested";
    case EventKind::device_bound:
      return "device_bound";
    case EventKind::device_refreshed:
      return "device_refreshed";
    case EventKind::device_refused:
      break;
  }
  return "device_refused";
}

std::optional<EventKind> event_kind(std::string_view name) noexcept {
  for (std::uint8_t number = 1; number <= kLastEventKind; ++number) {
    const auto kind = static_cast<EventKind>(number);
    if (event_kind_name(kind) == name) return kind;
  }
  return std::nullopt;
}

}  // namespace latchkey
