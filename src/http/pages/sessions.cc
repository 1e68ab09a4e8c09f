#include "base/text.h"
#include "http/api/api.h"
#include "http/device.h"
#include "http/pages/activity.h"
#include "http/pages/form.h"
#include "http/pages/human_time.h"
#include "http/pages/page.h"
#include "http/pages/pages.h"

namespace latchkey::http {
namespace {

constexpr std::size_t kPerPage = 50;
constexpr std::size_t kEventsShown = 20;

void append_session_item(Html& html, const SessionRecord& record, bool current, UnixTime now) {
  const std::string device = describe_device(record.user_agent);
  if (current) {
    html.raw("<li class=\"card session current\">");
  } else {
    html.raw("<li class=\"card session\">");
  }
  html.raw("<div class=\"what\"><h2>").text(device);
  if (current) html.raw(" <span class=\"badge\">This device</span>");
  html.raw("</h2><dl class=\"facts\"><div><dt>Address</dt><dd>");
  if (record.address.empty()) {
    html.raw("Unknown");
  } else {
    html.text(record.address);
  }
  html.raw("</dd></div><div><dt>Last seen</dt><dd>");
  append_age(html, record.last_seen_at, now);
  html.raw("</dd></div><div><dt>First seen</dt><dd>");
  append_age(html, record.created_at, now);
  html.raw("</dd></div></dl></div>");
  if (current) {
    html.raw("<form method=\"post\" action=\"/logout\"><button class=\"quiet\">Log out</button>");
  } else {
    html.raw(
            "<form method=\"post\" action=\"/sessions/end\"><input type=\"hidden\" "
            "name=\"session\" ")
        .raw("value=\"")
        .text(record.id.text())
        .raw("\"><button class=\"quiet\" aria-label=\"End session: ")
        .text(device)
        .raw(", ")
        .text(record.address)
        .raw("\">End session</button>");
  }
  html.raw("</form></li>");
}

// append_outcome says what the form before this page did. Only these texts can be asked for.
void append_outcome(Html& html, std::string_view notice) {
  if (notice == "ended") {
    html.raw("<p class=\"notice\" role=\"status\">That session was ended.</p>");
  } else if (notice == "others-ended") {
    html.raw("<p class=\"notice\" role=\"status\">All other sessions were ended.</p>");
  } else if (notice == "none") {
    html.raw("<p class=\"notice\" role=\"status\">That session had already ended.</p>");
  }
}

Html sessions_html(const SessionPage& page, const SessionId& own, const Form& query,
                   std::string_view why_one, const std::optional<EventPage>& activity,
                   UnixTime now) {
  Html html;
  html.raw("<div class=\"stack\"><h1>Your sessions</h1>");
  append_outcome(html, query.get("notice"));
  html.raw(
          "<p class=\"lead\">You are logged in on these devices. End a session you do not know, "
          "and ")
      .raw("whoever uses it has to log in again.</p>");
  if (!why_one.empty()) html.raw("<p class=\"notice\">").text(why_one).raw("</p>");
  html.raw("<ul class=\"sessions\">");
  for (const bool current : {true, false}) {  // this one first, then newest first
    for (const SessionRecord& record : page.records) {
      if ((record.id == own) == current) {
        append_session_item(html, record, current, now);
      }
    }
  }
  html.raw("</ul>");
  if (!page.next.empty()) {
    html.raw("<p><a href=\"/sessions?after=")
        .text(percent_encode(page.next))
        .raw("\">Older sessions</a></p>");
  }
  if (page.records.size() > 1 || query.has("after") || !why_one.empty()) {
    html.raw("<form class=\"wide\" method=\"post\" action=\"/sessions/end-others\">")
        .raw("<button class=\"danger\">End all other sessions</button></form>");
  }
  if (activity) append_activity(html, activity->events, now);
  html.raw("</div>");
  return html;
}

}  // namespace

Response page_sessions(App& app, const Request& request, AuthSession& session) {
  if (!session) return to_log_in(app, "/sessions");
  const auto query = Form::parse(request.query);
  if (!query) return page_problem(Problem::bad_query, {.asker = Asker::user});
  const auto page = session.devices(query->get("after"), kPerPage);
  if (!page && page.error().code == Errc::invalid_argument) {
    return page_problem(Problem::bad_query, {.asker = Asker::user});
  }
  if (!page) return page_failure(session);
  std::optional<EventPage> activity;
  if (app.auth.events().enabled()) {
    auto events = session.events({}, kEventsShown);
    if (!events) return page_failure(session);
    activity = std::move(*events);
  }
  return render_page({.title = "Your sessions", .asker = Asker::user, .section = Section::sessions},
                     sessions_html(*page, session.record()->id, *query, why_one_session(app),
                                   activity, app.clock.now()));
}

Response form_end_session(App& app, const Request& request, AuthSession& session) {
  if (!session) return to_log_in(app, "/sessions");
  const auto form = Form::parse(request.body);
  if (!form) return page_problem(Problem::bad_form, {.asker = Asker::user});
  const auto id = SessionId::parse(form->get("session"));
  if (!id) return see_other("/sessions?notice=none");
  const auto ended = session.end_device(*id);
  if (!ended) return page_failure(session);
  if (!session) return see_other("/");  // it was this one
  return see_other(*ended ? "/sessions?notice=ended" : "/sessions?notice=none");
}

Response form_end_others(App& app, const Request&, AuthSession& session) {
  if (!session) return to_log_in(app, "/sessions");
  if (!session.log_out_others()) return page_failure(session);
  return see_other("/sessions?notice=others-ended");
}

}  // namespace latchkey::http
