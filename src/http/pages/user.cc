#include "http/pages/fields.h"
#include "http/pages/page.h"
#include "http/pages/pages.h"
#include "http/pages/texts.h"

// The account of who is logged in: a new password, and its end.
namespace latchkey::http {
namespace {

struct PasswordSheet {
  std::string_view name{};
  std::optional<Problem> problem{};
  Millis retry_after{0};
};

Response render_password(const PasswordSheet& sheet) {
  const bool chosen = sheet.problem && is_password_fault(*sheet.problem);
  const bool current = sheet.problem == Problem::wrong_credentials;
  Html html;
  html.raw("<div class=\"card narrow stack\"><h1>").text(texts::kChangeTitle).raw("</h1>");
  if (current) {
    append_problem(html, texts::kWrongPassword);
  } else if (sheet.problem) {
    append_problem(html, *sheet.problem, sheet.retry_after);
  }
  html.raw("<p class=\"muted\">").text(texts::kChangeLead);
  html.raw("</p><form class=\"stack\" method=\"post\" action=\"/account/password\">");
  append_known_user(html, sheet.name);
  append_password_field(
      html,
      {.name = "current", .label = texts::kCurrentPassword, .blamed = current, .focused = !chosen});
  append_password_field(html, {.name = "password",
                               .label = texts::kNewPassword,
                               .chosen = true,
                               .blamed = chosen,
                               .focused = chosen});
  html.raw("<button class=\"full\">").text(texts::kChangeButton).raw("</button></form></div>");
  const int status = sheet.problem ? problem_text(*sheet.problem).status : 200;
  Response response = render_page({.title = texts::kChangeTitle,
                                   .status = status,
                                   .asker = Asker::user,
                                   .section = Section::account},
                                  html);
  if (sheet.problem) add_problem_headers(*sheet.problem, response);
  return response;
}

Response render_delete(bool forgot_box) {
  Html html;
  html.raw("<div class=\"card narrow stack\"><h1>").text(texts::kDeleteTitle).raw("</h1>");
  if (forgot_box) append_problem(html, texts::kDeleteNotSure);
  html.raw("<p>").text(texts::kDeleteLead);
  html.raw("</p><form class=\"stack\" method=\"post\" action=\"/account/delete\">")
      .raw("<label class=\"check\"><input type=\"checkbox\" name=\"sure\" value=\"on\" required");
  if (forgot_box) html.raw(" aria-invalid=\"true\" aria-describedby=\"problem\"");
  html.raw("> ").text(texts::kDeleteSure);
  html.raw("</label><button class=\"full danger\">").text(texts::kDeleteButton);
  html.raw("</button></form><p><a href=\"/account\">").text(texts::kCancel).raw("</a></p></div>");
  return render_page({.title = texts::kDeleteTitle,
                      .status = forgot_box ? 400 : 200,
                      .asker = Asker::user,
                      .section = Section::account},
                     html);
}

}  // namespace

Response page_account(App& app, const Request& request, AuthSession& session) {
  const auto user = session.user();
  if (!user) return page_failure(session);
  if (!session) return to_log_in(app, "/account");
  Html html;
  html.raw("<div class=\"stack\"><h1>").text(texts::kAccountTitle).raw("</h1>");
  if (request.query == "notice=changed") append_notice(html, texts::kChangeDone);
  html.raw("<p class=\"lead\">").text(texts::kAccountName).raw("<strong><bdi>");
  html.text(name_of(session, *user)).raw("</bdi></strong>.</p>");
  if (*user == nullptr) {
    html.raw("<p>").text(texts::kNoPasswordHere).raw("</p></div>");
  } else {
    html.raw("</div><div class=\"tiles\">");
    append_tile(html, "/account/password", texts::kChangeTitle, texts::kChangeLead);
    if (app.recovery != nullptr) {
      append_tile(html, "/account/email", texts::kEmailTitle, texts::kEmailLead);
    }
    append_tile(html, "/account/delete", texts::kDeleteTitle, texts::kDeleteLead);
    html.raw("</div>");
  }
  return render_page(
      {.title = texts::kAccountTitle, .asker = Asker::user, .section = Section::account}, html);
}

Response page_password(App& app, const Request&, AuthSession& session) {
  const auto user = session.user();
  if (!user) return page_failure(session);
  if (!session) return to_log_in(app, "/account/password");
  if (*user == nullptr) return see_other("/account");
  return render_password({.name = name_of(session, *user)});
}

Response form_password(App& app, const Request& request, AuthSession& session) {
  if (!session) return to_log_in(app, "/account/password");
  const auto form = Form::parse(request.body);
  if (!form) return page_problem(Problem::bad_form, {.asker = Asker::user});
  const auto changed = session.change_password(form->get("current"), form->get("password"));
  if (!changed && !session) return to_log_in(app, "/account/password");  // it has just ended
  if (!changed) return page_failure(session);
  if (*changed == Rejection::none) {
    if (app.recovery != nullptr) app.recovery->tell_changed(session.user_id());
    return see_other("/account?notice=changed");
  }
  const auto user = session.user();
  if (!user) return page_failure(session);
  return render_password({.name = name_of(session, *user),
                          .problem = problem_of(*changed),
                          .retry_after = session.retry_after()});
}

Response page_delete(App& app, const Request&, AuthSession& session) {
  const auto user = session.user();
  if (!user) return page_failure(session);
  if (!session) return to_log_in(app, "/account/delete");
  if (*user == nullptr) return see_other("/account");
  if (session.require({.max_auth_age = app.recent})) return render_delete(false);
  return not_recent(app, session, "/account/delete");
}

Response form_delete(App& app, const Request& request, AuthSession& session) {
  if (!session) return to_log_in(app, "/account/delete");
  if (!session.require({.max_auth_age = app.recent})) {
    return not_recent(app, session, "/account/delete");
  }
  const auto form = Form::parse(request.body);
  if (!form) return page_problem(Problem::bad_form, {.asker = Asker::user});
  if (!form->has("sure")) return render_delete(true);
  const auto deleted = session.delete_user();
  if (!deleted) return page_failure(session);
  return *deleted ? see_other("/?notice=deleted") : see_other("/account");
}

}  // namespace latchkey::http
