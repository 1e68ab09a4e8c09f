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
  html.raw("<div class=\"stack\"><h1>").text(texts::kHello).raw("<bdi>").text(name);
  html.raw("</bdi></h1><p class=\"lead\">").text(texts::kHelloLead);
  html.raw("</p></div><div class=\"tiles\">");
  append_tile(html, "/training", texts::kTraining, texts::kTrainingLead);
  append_tile(html, "/sessions", texts::kSessions, texts::kSessionsTileLead);
  html.raw("</div>");
  return html;
}

Html home_of_stranger(const App& app, const Request& request, const AuthSession& session) {
  Html html;
  html.raw("<div class=\"card hero stack\">");
  append_address_notice(html, app, request);
  append_ended_notice(html, session);
  if (request.query == "notice=deleted") append_notice(html, texts::kDeleteDone);
  append_logo(html);
  html.raw("<h1>").text(texts::kWelcome).raw("</h1><p class=\"lead\">").text(texts::kWelcomeLead);
  if (app.sign_up_open()) html.text(texts::kWelcomeNew);
  html.raw("</p><p class=\"actions\"><a class=\"button\" href=\"/login\">").text(texts::kLogIn);
  html.raw("</a>");
  if (app.sign_up_open()) {
    html.raw("<a class=\"button quiet\" href=\"/signup\">").text(texts::kSignUp).raw("</a>");
  }
  html.raw("</p></div>");
  return html;
}

}  // namespace

Response page_home(App& app, const Request& request, AuthSession& session) {
  const auto user = session.user();
  if (!user) return page_failure(session);
  return render_page(
      {.title = texts::kHome,
       .asker = asker(app, session),
       .section = Section::home,
       .session = &session},
      session ? home_of(name_of(session, *user)) : home_of_stranger(app, request, session));
}

Response page_training(App& app, const Request&, AuthSession& session) {
  const auto user = session.user();
  if (!user) return page_failure(session);
  if (!session) return to_log_in(app, "/training");
  const SessionRecord& record = *session.record();
  Html html;
  html.raw("<div class=\"stack\"><h1>")
      .text(texts::kTraining)
      .raw("</h1><p class=\"lead\">")
      .text(texts::kHello)
      .raw("<strong><bdi>")
      .text(name_of(session, *user))
      .raw("</bdi></strong>. ")
      .text(texts::kTrainingWhy)
      .raw("</p><section class=\"card stack\" aria-labelledby=\"this\">")
      .raw("<h2 id=\"this\">")
      .text(texts::kThisSession)
      .raw("</h2><dl class=\"facts\"><div><dt>")
      .text(texts::kDevice)
      .raw("</dt><dd>")
      .text(describe_device(record.user_agent))
      .raw("</dd></div><div><dt>")
      .text(texts::kLoggedIn)
      .raw("</dt><dd>");
  append_age(html, record.created_at, app.clock.now());
  html.raw("</dd></div><div><dt>").text(texts::kEndsAtTheLatest).raw("</dt><dd>");
  append_date(html, record.absolute_expires_at);
  html.raw("</dd></div></dl><p><a href=\"/sessions\">").text(texts::kAllSessions);
  html.raw("</a></p></section></div>");
  return render_page({.title = texts::kTraining,
                      .asker = Asker::user,
                      .section = Section::training,
                      .session = &session},
                     html);
}

}  // namespace latchkey::http
