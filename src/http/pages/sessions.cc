#include "base/text.h"
#include "http/api/api.h"
#include "http/device.h"
#include "http/pages/activity.h"
#include "http/pages/fields.h"
#include "http/pages/human_time.h"
#include "http/pages/page.h"
#include "http/pages/pages.h"
#include "http/pages/texts.h"

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
  if (current) html.raw(" <span class=\"badge\">").text(texts::kThisDevice).raw("</span>");
  if (!record.binding.empty()) {
    html.raw(" <span class=\"badge\">").text(texts::kBoundDevice).raw("</span>");
  }
  html.raw("</h2><dl class=\"facts\"><div><dt>").text(texts::kAddress).raw("</dt><dd>");
  html.text(record.address.empty() ? texts::kUnknown : record.address);
  html.raw("</dd></div><div><dt>").text(texts::kLastSeen).raw("</dt><dd>");
  append_age(html, record.last_seen_at, now);
  html.raw("</dd></div><div><dt>").text(texts::kFirstSeen).raw("</dt><dd>");
  append_age(html, record.created_at, now);
  html.raw("</dd></div></dl></div>");
  if (current) {
    html.raw("<form method=\"post\" action=\"/logout\"><button class=\"quiet\">");
    html.text(texts::kLogOut).raw("</button>");
  } else {
    html.raw(
            "<form method=\"post\" action=\"/sessions/end\"><input type=\"hidden\" "
            "name=\"session\" ")
        .raw("value=\"")
        .text(record.id.text())
        .raw("\"><button class=\"quiet\" aria-label=\"")
        .text(texts::kEndSession)
        .raw(": ")
        .text(device)
        .raw(", ")
        .text(record.address)
        .raw("\">")
        .text(texts::kEndSession)
        .raw("</button>");
  }
  html.raw("</form></li>");
}

// append_outcome says what the form before this page did. Only these texts can be asked for.
void append_outcome(Html& html, std::string_view notice) {
  if (notice == "ended") {
    append_notice(html, texts::kSessionEnded);
  } else if (notice == "others-ended") {
    append_notice(html, texts::kOthersEnded);
  } else if (notice == "none") {
    append_notice(html, texts::kSessionGone);
  }
}

Html sessions_html(const SessionPage& page, const SessionId& own, const Form& query,
                   std::string_view why_one, const std::optional<EventPage>& activity,
                   UnixTime now) {
  Html html;
  html.raw("<div class=\"stack\"><h1>").text(texts::kSessions).raw("</h1>");
  append_outcome(html, query.get("notice"));
  html.raw("<p class=\"lead\">").text(texts::kSessionsLead).raw("</p>");
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
        .raw("\">")
        .text(texts::kOlderSessions)
        .raw("</a></p>");
  }
  if (page.records.size() > 1 || query.has("after") || !why_one.empty()) {
    html.raw("<form class=\"wide\" method=\"post\" action=\"/sessions/end-others\">")
        .raw("<button class=\"danger\">")
        .text(texts::kEndOthers)
        .raw("</button></form>");
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
  return render_page({.title = texts::kSessions,
                      .asker = Asker::user,
                      .section = Section::sessions,
                      .session = &session},
                     sessions_html(*page, session.record()->id, *query, why_one_session(app),
                                   activity, app.clock.now()));
}

Response form_end_session(App& app, const Request& request, AuthSession& session) {
  if (!session) return to_log_in(app, "/sessions");
  const auto form = Form::parse(request.body);
  if (!form) return page_problem(Problem::bad_form, {.asker = Asker::user});
  const auto id = SessionId::parse(form->get("session"));
  if (!id) return see_other("/sessions?notice=none");
  const bool own = *id == session.record()->id;
  if (!own && !recent_enough(app, session)) return not_recent(app, session, "/sessions");
  const auto ended = session.end_device(*id);
  if (!ended) return page_failure(session);
  if (!session) return see_other("/");  // it was this one
  return see_other(*ended ? "/sessions?notice=ended" : "/sessions?notice=none");
}

Response form_end_others(App& app, const Request&, AuthSession& session) {
  if (!session) return to_log_in(app, "/sessions");
  if (!recent_enough(app, session)) return not_recent(app, session, "/sessions");
  if (!session.log_out_others()) return page_failure(session);
  return see_other("/sessions?notice=others-ended");
}

}  // namespace latchkey::http
