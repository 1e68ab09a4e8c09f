#include "base/text.h"
#include "http/address.h"
#include "http/api/api.h"
#include "http/pages/fields.h"
#include "http/pages/page.h"
#include "http/pages/pages.h"
#include "http/pages/recovery.h"
#include "http/pages/texts.h"

// The e-mail address of who is logged in, and the page behind the link that confirms it.
namespace latchkey::http {
namespace {

constexpr std::string_view kEmailPage = "/account/email";

void append_address(Html& html, std::string_view before, std::string_view address) {
  html.raw("<p>").text(before).raw("<strong><bdi>").text(address).raw("</bdi></strong>.</p>");
}

// Where there is an address already, the form only asks for the mail.
Html email_form(const UserAddress& address, std::string_view wanted, bool blamed) {
  Html html;
  if (!address.address.empty()) append_address(html, texts::kEmailIs, address.address);
  if (address.verified) {
    html.raw("<p>").text(texts::kEmailVerified).raw("</p>");
    return html;
  }
  html.raw("<p class=\"muted\">").text(texts::kEmailWhy);
  html.raw("</p><form class=\"stack\" method=\"post\" action=\"/account/email\">");
  if (address.address.empty()) {
    html.raw("<div class=\"field\"><label for=\"email\">").text(texts::kEmailField);
    html.raw("</label><input id=\"email\" name=\"email\" type=\"email\" required autofocus ")
        .raw("autocomplete=\"email\" value=\"")
        .text(wanted)
        .raw("\"");
    if (blamed) html.raw(" aria-invalid=\"true\" aria-describedby=\"problem\"");
    html.raw("></div>");
  }
  html.raw("<button class=\"full\">").text(texts::kEmailButton).raw("</button></form>");
  return html;
}

Response render_email(const App& app, const AuthSession& session, const UserAddress& address,
                      const RecoverySheet& sheet) {
  Html form = email_form(address, sheet.username, sheet.problem == Problem::email_invalid);
  form.raw("<p><a href=\"/account\">").text(texts::kBackToAccount).raw("</a></p>");
  return render_recovery(app, session, texts::kEmailTitle, sheet, form);
}

Response render_said(const App& app, const AuthSession& session, std::string_view title,
                     std::string_view before, std::string_view address, std::string_view after) {
  Html html;
  html.raw("<div role=\"status\">");
  append_address(html, before, address);
  html.raw("</div><p class=\"muted\">").text(after).raw("</p>");
  if (session) {
    html.raw("<p><a href=\"/account\">").text(texts::kBackToAccount).raw("</a></p>");
  }
  return render_recovery(app, session, title, {}, html);
}

// to_its_user sends on who is not logged in, and comes back to the link.
Response to_its_user(const App& app, const AuthSession& session, std::string_view token) {
  if (session) return bad_link(app, session, kEmailPage);  // somebody else's
  return to_log_in(app, "/account/email/confirm?token=" + percent_encode(token));
}

}  // namespace

Response page_email(App& app, const Request&, AuthSession& session) {
  if (app.recovery == nullptr) return no_mail(app, session);
  const auto user = session.user();
  if (!user) return page_failure(session);
  if (!session) return to_log_in(app, kEmailPage);
  if (*user == nullptr) return see_other("/account");
  return render_email(app, session, address_of(**user), {});
}

Response form_email(App& app, const Request& request, AuthSession& session) {
  if (app.recovery == nullptr) return no_mail(app, session);
  if (!session) return to_log_in(app, kEmailPage);
  if (!session.require({.max_auth_age = app.recent})) return not_recent(app, session, kEmailPage);
  const auto form = Form::parse(request.body);
  if (!form) return page_problem(Problem::bad_form, {.asker = Asker::user});
  const auto user = session.user();
  if (!user) return page_failure(session);
  if (*user == nullptr) return see_other("/account");
  std::optional<std::string_view> wanted;
  if (form->has("email")) wanted = form->get("email");
  const AddressAsked asked = ask_for_link(app, session, **user, wanted);
  if (asked.problem) {
    return render_email(app, session, address_of(**user),
                        {.username = form->get("email"),
                         .problem = asked.problem,
                         .retry_after = asked.retry_after});
  }
  if (asked.address.verified) return see_other(std::string(kEmailPage));
  return render_said(app, session, texts::kEmailSentTitle, texts::kEmailSent, asked.address.address,
                     texts::kEmailSentAfter);
}

Response page_confirm_email(App& app, const Request& request, AuthSession& session) {
  if (app.recovery == nullptr) return no_mail(app, session);
  const auto query = Form::parse(request.query);
  if (!query) return bad_link(app, session, kEmailPage);
  const std::string_view token = query->get("token");
  const auto use = app.recovery->look_at_verification(token, session.user_id());
  if (!use) return page_problem(problem_of(use.error().code));
  if (*use == LinkUse::none) return bad_link(app, session, kEmailPage);
  if (*use == LinkUse::its_user) return to_its_user(app, session, token);
  Html html;
  html.raw("<p class=\"muted\">").text(texts::kConfirmLead);
  html.raw("</p><form class=\"stack\" method=\"post\" action=\"/account/email/confirm\">");
  append_token(html, token);
  html.raw("<button class=\"full\" autofocus>").text(texts::kConfirmButton);
  html.raw("</button></form>");
  return render_recovery(app, session, texts::kConfirmTitle, {}, html);
}

Response form_confirm_email(App& app, const Request& request, AuthSession& session) {
  if (app.recovery == nullptr) return no_mail(app, session);
  const auto form = Form::parse(request.body);
  if (!form) return page_problem(Problem::bad_form, {.asker = asker(app, session)});
  const std::string_view token = form->get("token");
  const auto use = app.recovery->look_at_verification(token, session.user_id());
  if (!use) return page_problem(problem_of(use.error().code));
  if (*use == LinkUse::its_user) return to_its_user(app, session, token);
  const auto proven = app.recovery->confirm_address(token, session.user_id(), session.client());
  if (!proven) return page_problem(problem_of(proven.error().code));
  if (!*proven) return bad_link(app, session, kEmailPage);
  return render_said(app, session, texts::kConfirmedTitle, texts::kEmailIs, (*proven)->address,
                     texts::kEmailVerified);
}

}  // namespace latchkey::http
