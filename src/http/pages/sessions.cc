#include "http/device.h"
#include "http/device_sessions.h"
#include "http/login.h"
#include "http/pages/form.h"
#include "http/pages/human_time.h"
#include "http/pages/page.h"
#include "http/pages/pages.h"

namespace latchkey::http {
namespace {

constexpr std::size_t kPerPage = 50;

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

// append_notice says what the form before this page did. Only these texts can be asked for.
void append_notice(Html& html, std::string_view notice) {
  if (notice == "ended") {
    html.raw("<p class=\"notice\" role=\"status\">That session was ended.</p>");
  } else if (notice == "others-ended") {
    html.raw("<p class=\"notice\" role=\"status\">All other sessions were ended.</p>");
  } else if (notice == "none") {
    html.raw("<p class=\"notice\" role=\"status\">That session had already ended.</p>");
  }
}

Html sessions_html(const SessionPage& page, const Visitor& visitor, const Form& query,
                   std::string_view why_one, UnixTime now) {
  Html html;
  html.raw("<div class=\"stack\"><h1>Your sessions</h1>");
  append_notice(html, query.get("notice"));
  html.raw(
          "<p class=\"lead\">You are logged in on these devices. End a session you do not know, "
          "and ")
      .raw("whoever uses it has to log in again.</p>");
  if (!why_one.empty()) html.raw("<p class=\"notice\">").text(why_one).raw("</p>");
  html.raw("<ul class=\"sessions\">");
  for (const bool current : {true, false}) {  // this one first, then newest first
    for (const SessionRecord& record : page.records) {
      if ((record.id == visitor.session->id) == current) {
        append_session_item(html, record, current, now);
      }
    }
  }
  html.raw("</ul>");
  if (!page.next.empty()) {
    html.raw("<p><a href=\"/sessions?after=")
        .text(encode_component(page.next))
        .raw("\">Older sessions</a></p>");
  }
  if (page.records.size() > 1 || query.has("after") || !why_one.empty()) {
    html.raw("<form class=\"wide\" method=\"post\" action=\"/sessions/end-others\">")
        .raw("<button class=\"danger\">End all other sessions</button></form>");
  }
  html.raw("</div>");
  return html;
}

}  // namespace

Response page_sessions(App& app, const Request& request) {
  auto visitor = identify(app, request, {});
  if (!visitor) return page_failure(visitor.error(), request);
  if (!visitor->signed_in()) return to_log_in("/sessions");
  const auto query = Form::parse(request.query);
  if (!query) return page_problem(Problem::bad_query, {.visitor = &*visitor});
  const auto page = list_sessions(app, request, *visitor, query->get("after"), kPerPage);
  if (!page && page.error().code == Errc::invalid_argument) {
    return page_problem(Problem::bad_query, {.visitor = &*visitor});
  }
  if (!page) return page_failure(page.error(), request);
  Response response =
      render_page({.title = "Your sessions", .visitor = &*visitor, .section = Section::sessions},
                  sessions_html(*page, *visitor, *query, why_one_session(app), app.clock.now()));
  set_cookie_headers(response, std::move(visitor->cookies));
  return response;
}

Response form_end_session(App& app, const Request& request) {
  auto visitor = identify(app, request, {.touch = false});
  if (!visitor) return page_failure(visitor.error(), request);
  if (!visitor->signed_in()) return to_log_in("/sessions");
  const auto form = Form::parse(request.body);
  if (!form) return page_problem(Problem::bad_form, {.visitor = &*visitor});
  const auto status = end_own_session(app, *visitor, form->get("session"));
  if (!status) return page_failure(status.error(), request);
  if (*status != EndStatus::ended_current) {
    return see_other(*status == EndStatus::ended ? "/sessions?notice=ended"
                                                 : "/sessions?notice=none");
  }
  Response response = see_other("/");
  add_logout_headers(app, request, response);
  return response;
}

Response form_end_others(App& app, const Request& request) {
  auto visitor = identify(app, request, {.touch = false});
  if (!visitor) return page_failure(visitor.error(), request);
  if (!visitor->signed_in()) return to_log_in("/sessions");
  auto ended = end_all_sessions(app, request, *visitor, true);
  if (!ended) return page_failure(ended.error(), request);
  Response response = see_other("/sessions?notice=others-ended");
  set_cookie_headers(response, std::move(ended->cookies));
  return response;
}

}  // namespace latchkey::http
