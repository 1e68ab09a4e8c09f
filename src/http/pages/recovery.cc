#include "http/pages/recovery.h"
#include "http/api/api.h"
#include "http/pages/fields.h"
#include "http/pages/page.h"
#include "http/pages/pages.h"
#include "http/pages/texts.h"

// A forgotten password, from the wish for a link to the new one. docs/recovery.md
namespace latchkey::http {

Response no_mail(const App& app, const AuthSession& session) {
  return page_problem(Problem::mail_not_configured, {.asker = asker(app, session)});
}

Response render_recovery(const App& app, const AuthSession& session, std::string_view title,
                         const RecoverySheet& sheet, const Html& form) {
  Html html;
  html.raw("<div class=\"card narrow stack\"><h1>").text(title).raw("</h1>");
  if (sheet.problem) append_problem(html, *sheet.problem, sheet.retry_after);
  html.part(form).raw("</div>");
  const int status = sheet.problem ? problem_text(*sheet.problem).status : 200;
  Response response = render_page(
      {.title = title, .status = status, .asker = asker(app, session), .section = Section::account},
      html);
  if (sheet.problem == Problem::rate_limited) {
    response.headers.emplace_back("Retry-After", whole_seconds(sheet.retry_after));
  }
  response.private_address = true;
  return response;
}

void append_token(Html& html, std::string_view token) {
  html.raw("<input type=\"hidden\" name=\"token\" value=\"").text(token).raw("\">");
}

Response bad_link(const App& app, const AuthSession& session, std::string_view again) {
  Html hint;
  hint.raw("<p>").text(problem_text(Problem::link_unknown).detail);
  hint.raw("</p><p><a href=\"").text(again).raw("\">").text(texts::kAskAgain).raw("</a></p>");
  Response response =
      page_problem(Problem::link_unknown, {.hint = std::move(hint), .asker = asker(app, session)});
  response.private_address = true;
  return response;
}

namespace {

constexpr std::string_view kForgotPage = "/password/forgot";

Response render_forgot(const App& app, const AuthSession& session, const RecoverySheet& sheet) {
  Html html;
  html.raw("<p class=\"muted\">").text(texts::kForgotLead);
  html.raw("</p><form class=\"stack\" method=\"post\" action=\"/password/forgot\">")
      .raw("<div class=\"field\"><label for=\"username\">")
      .text(texts::kUsername)
      .raw("</label><input id=\"username\" name=\"username\" type=\"text\" required autofocus ")
      .raw("autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" value=\"")
      .text(sheet.username)
      .raw("\"></div><button class=\"full\">")
      .text(texts::kForgotButton)
      .raw("</button></form><p><a href=\"/login\">")
      .text(texts::kBackToLogIn)
      .raw("</a></p>");
  return render_recovery(app, session, texts::kForgotTitle, sheet, html);
}

Response render_sent(const App& app, const AuthSession& session) {
  Html html;
  html.raw("<p role=\"status\">").text(texts::kForgotSent);
  html.raw("</p><p class=\"muted\">").text(texts::kForgotAgain);
  html.raw("</p><p><a href=\"/login\">").text(texts::kBackToLogIn).raw("</a></p>");
  return render_recovery(app, session, texts::kForgotSentTitle, {}, html);
}

Response render_reset(const App& app, const AuthSession& session, const RecoverySheet& sheet) {
  Html html;
  html.raw("<p class=\"muted\">").text(texts::kResetLead);
  html.raw("</p><form class=\"stack\" method=\"post\" action=\"/password/reset\">");
  append_token(html, sheet.token);
  append_password_field(html, {.label = texts::kNewPassword,
                               .chosen = true,
                               .blamed = sheet.problem && is_password_fault(*sheet.problem),
                               .focused = true});
  html.raw("<button class=\"full\">").text(texts::kResetButton).raw("</button></form>");
  return render_recovery(app, session, texts::kResetTitle, sheet, html);
}

}  // namespace

Response page_forgot(App& app, const Request&, AuthSession& session) {
  if (app.recovery == nullptr) return no_mail(app, session);
  return render_forgot(app, session, {});
}

Response form_forgot(App& app, const Request& request, AuthSession& session) {
  if (app.recovery == nullptr) return no_mail(app, session);
  const auto form = Form::parse(request.body);
  if (!form) return page_problem(Problem::bad_form, {.asker = asker(app, session)});
  const std::string_view username = form->get("username");
  const auto asked = app.recovery->forgot_password(username, session.client());
  if (!asked) return page_problem(problem_of(asked.error().code));
  if (asked->rejection == Rejection::none) return render_sent(app, session);
  return render_forgot(app, session,
                       {.username = username,
                        .problem = problem_of(asked->rejection),
                        .retry_after = asked->retry_after});
}

Response page_reset(App& app, const Request& request, AuthSession& session) {
  if (app.recovery == nullptr) return no_mail(app, session);
  const auto query = Form::parse(request.query);
  if (!query) return bad_link(app, session, kForgotPage);
  const auto known = app.recovery->knows_reset(query->get("token"));
  if (!known) return page_problem(problem_of(known.error().code));
  if (!*known) return bad_link(app, session, kForgotPage);
  return render_reset(app, session, {.token = query->get("token")});
}

Response form_reset(App& app, const Request& request, AuthSession& session) {
  if (app.recovery == nullptr) return no_mail(app, session);
  const auto form = Form::parse(request.body);
  if (!form) return page_problem(Problem::bad_form, {.asker = asker(app, session)});
  const std::string_view token = form->get("token");
  const auto done = app.recovery->reset_password(token, form->get("password"), session.client());
  if (!done) return page_problem(problem_of(done.error().code));
  if (done->rejection != Rejection::none) {
    return render_reset(app, session, {.token = token, .problem = problem_of(done->rejection)});
  }
  return done->ended ? see_other("/login?notice=reset") : bad_link(app, session, kForgotPage);
}

}  // namespace latchkey::http
