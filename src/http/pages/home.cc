#include "http/device.h"
#include "http/foreign_page.h"
#include "http/pages/assets.h"
#include "http/pages/fields.h"
#include "http/pages/human_time.h"
#include "http/pages/page.h"
#include "http/pages/pages.h"
#include "http/pages/texts.h"

namespace latchkey::http {
namespace {

Html home_of(std::string_view name) {
  Html html;
  html.raw("<div class=\"stack\"><h1>Hello, <bdi>").text(name).raw("</bdi></h1>");
  html.raw("<p class=\"lead\">You are logged in. Where would you like to go?</p></div>")
      .raw("<div class=\"tiles\"><a class=\"card tile\" href=\"/training\"><h2>Training</h2>")
      .raw("<p class=\"muted\">A page that only people who are logged in can see.</p></a>")
      .raw("<a class=\"card tile\" href=\"/sessions\"><h2>Your sessions</h2>")
      .raw("<p class=\"muted\">See where you are logged in, and end what you do not know.</p></a>")
      .raw("</div>");
  return html;
}

Html home_of_stranger(const App& app, const Request& request, const AuthSession& session) {
  Html html;
  html.raw("<div class=\"card hero stack\">");
  append_address_notice(html, app, request);
  append_ended_notice(html, session);
  if (request.query == "notice=deleted") append_notice(html, texts::kDeleteDone);
  append_logo(html);
  html.raw(
          "<h1>Welcome</h1><p class=\"lead\">Log in to open the training page and to see on which ")
      .raw("devices you are logged in.");
  if (app.sign_up_open()) html.raw(" New here? All it takes is a name and a password.");
  html.raw("</p><p class=\"actions\"><a class=\"button\" href=\"/login\">Log in</a>");
  if (app.sign_up_open()) html.raw("<a class=\"button quiet\" href=\"/signup\">Sign up</a>");
  html.raw("</p></div>");
  return html;
}

}  // namespace

Response page_home(App& app, const Request& request, AuthSession& session) {
  const auto user = session.user();
  if (!user) return page_failure(session);
  return render_page(
      {.title = "Home", .asker = asker(app, session), .section = Section::home},
      session ? home_of(name_of(session, *user)) : home_of_stranger(app, request, session));
}

Response page_training(App& app, const Request&, AuthSession& session) {
  const auto user = session.user();
  if (!user) return page_failure(session);
  if (!session) return to_log_in(app, "/training");
  const SessionRecord& record = *session.record();
  Html html;
  html.raw("<div class=\"stack\"><h1>Training</h1><p class=\"lead\">Welcome, <strong><bdi>")
      .text(name_of(session, *user))
      .raw("</bdi></strong>. You see this page because you are logged in; everybody else is sent ")
      .raw("to the log-in page.</p><section class=\"card stack\" aria-labelledby=\"this\">")
      .raw("<h2 id=\"this\">This session</h2><dl class=\"facts\"><div><dt>Device</dt><dd>")
      .text(describe_device(record.user_agent))
      .raw("</dd></div><div><dt>Logged in</dt><dd>");
  append_age(html, record.created_at, app.clock.now());
  html.raw("</dd></div><div><dt>Ends at the latest</dt><dd>");
  append_date(html, record.absolute_expires_at);
  html.raw(
      "</dd></div></dl><p><a href=\"/sessions\">See all your sessions</a></p></section></div>");
  return render_page({.title = "Training", .asker = Asker::user, .section = Section::training},
                     html);
}

}  // namespace latchkey::http
