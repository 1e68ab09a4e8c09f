#include "http/pages/activity.h"

#include "http/device.h"
#include "http/pages/human_time.h"
#include "http/pages/texts.h"

namespace latchkey::http {
namespace {

std::string_view event_text(const Event& event) noexcept {
  switch (event.kind) {
    case EventKind::log_in:
      return event.reason == "new_device" ? texts::kEventNewDevice : texts::kEventLogIn;
    case EventKind::log_in_failed:
      return texts::kEventLogInFailed;
    case EventKind::log_out:
      return texts::kEventLogOut;
    case EventKind::session_revoked:
      return texts::kEventEnded;
    case EventKind::session_rotated:
      return texts::kEventRenewed;
    case EventKind::session_evicted:
      return texts::kEventEvicted;
    case EventKind::session_expired:
      return texts::kEventExpired;
    case EventKind::sign_up:
      return texts::kEventSignUp;
    case EventKind::password_changed:
      return texts::kEventPasswordChanged;
    case EventKind::password_reset:
      return texts::kEventPasswordReset;
    case EventKind::email_verified:
      return texts::kEventEmailVerified;
    case EventKind::limit_reached:
      return texts::kEventLimitReached;
    case EventKind::user_disabled:
      return texts::kEventDisabled;
    case EventKind::user_enabled:
      return texts::kEventEnabled;
    case EventKind::user_deleted:
      return texts::kEventDeleted;
    case EventKind::reauthenticated:
      return texts::kEventReauthenticated;
    case EventKind::secret_requested:
      return texts::kEventLink;
    case EventKind::device_bound:
      return texts::kEventBound;
    case EventKind::device_refreshed:
      return texts::kEventProven;
    case EventKind::device_refused:
      break;
  }
  return texts::kEventUnproven;
}

void append_item(Html& html, const Event& event, UnixTime now) {
  html.raw("<li><strong>").text(event_text(event)).raw("</strong> <span class=\"muted\">");
  append_age(html, event.at, now);
  if (!event.user_agent.empty()) html.raw(", ").text(describe_device(event.user_agent));
  if (!event.address.empty()) html.raw(", ").text(event.address);
  html.raw("</span></li>");
}

}  // namespace

void append_activity(Html& html, const std::vector<Event>& events, UnixTime now) {
  html.raw("<h2 id=\"activity\">").text(texts::kActivity).raw("</h2>");
  if (events.empty()) {
    html.raw("<p class=\"muted\">").text(texts::kNoActivity).raw("</p>");
    return;
  }
  html.raw("<ul class=\"activity\" aria-labelledby=\"activity\">");
  for (const Event& event : events) append_item(html, event, now);
  html.raw("</ul>");
}

}  // namespace latchkey::http
