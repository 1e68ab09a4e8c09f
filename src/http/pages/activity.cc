#include "http/pages/activity.h"

#include "http/device.h"
#include "http/pages/human_time.h"

namespace latchkey::http {
namespace {

std::string_view event_text(EventKind kind) noexcept {
  switch (kind) {
    case EventKind::log_in:
      return "Logged in";
    case EventKind::log_in_failed:
      return "Log-in failed";
    case EventKind::log_out:
      return "Logged out";
    case EventKind::session_revoked:
      return "Session ended";
    case EventKind::session_rotated:
      return "Session renewed";
    case EventKind::session_evicted:
      return "Session ended, because there were too many";
    case EventKind::session_expired:
      return "Session expired";
    case EventKind::sign_up:
      return "Account created";
    case EventKind::password_changed:
      return "Password changed";
    case EventKind::password_reset:
      return "Password reset";
    case EventKind::email_verified:
      return "E-mail address confirmed";
    case EventKind::limit_reached:
      return "Too many tries";
    case EventKind::user_disabled:
      return "Account disabled";
    case EventKind::user_enabled:
      return "Account enabled";
    case EventKind::user_deleted:
      return "Account deleted";
    case EventKind::reauthenticated:
      return "Identity confirmed";
    case EventKind::secret_requested:
      break;
  }
  return "Link requested";
}

void append_item(Html& html, const Event& event, UnixTime now) {
  html.raw("<li><strong>").text(event_text(event.kind)).raw("</strong> <span class=\"muted\">");
  append_age(html, event.at, now);
  if (!event.user_agent.empty()) html.raw(", ").text(describe_device(event.user_agent));
  if (!event.address.empty()) html.raw(", ").text(event.address);
  html.raw("</span></li>");
}

}  // namespace

void append_activity(Html& html, const std::vector<Event>& events, UnixTime now) {
  html.raw("<h2 id=\"activity\">Recent activity</h2>");
  if (events.empty()) {
    html.raw("<p class=\"muted\">Nothing has happened yet.</p>");
    return;
  }
  html.raw("<ul class=\"activity\" aria-labelledby=\"activity\">");
  for (const Event& event : events) append_item(html, event, now);
  html.raw("</ul>");
}

}  // namespace latchkey::http
