#include "base/text.h"
#include "http/pages/fields.h"
#include "http/pages/page.h"
#include "http/pages/pages.h"
#include "http/pages/texts.h"

// Who has been signed in for long proves again who they are (R27).
namespace latchkey::http {
namespace {

// to_full_log_in sends on who has no password here: a stranger, or a user of another system.
Response to_full_log_in(const AuthSession& session, const std::string& next) {
  std::string to = "/login";
  char separator = '?';
  if (session) {
    to.append("?reason=recent_login");
    separator = '&';
  }
  if (!next.empty()) to.append(1, separator).append("next=").append(percent_encode(next));
  return see_other(std::move(to));
}

struct ReauthSheet {
  std::string_view name;
  std::string next{};
  std::optional<Problem> problem{};
  Millis retry_after{0};
};

Response render_reauth(const ReauthSheet& sheet) {
  Html html;
  html.raw("<div class=\"card narrow stack\"><h1>").text(texts::kReauthTitle).raw("</h1>");
  if (sheet.problem == Problem::wrong_credentials) {
    append_problem(html, texts::kWrongPassword);
  } else if (sheet.problem) {
    append_problem(html, *sheet.problem, sheet.retry_after);
  } else {
    html.raw("<p class=\"muted\">").text(texts::kReauthLead).raw("</p>");
  }
  html.raw("<form class=\"stack\" method=\"post\" action=\"/reauth\">");
  append_next(html, sheet.next);
  append_known_user(html, sheet.name);
  append_password_field(
      html, {.label = texts::kPassword,
             .blamed = sheet.problem.has_value() && sheet.problem != Problem::rate_limited,
             .focused = true});
  html.raw("<button class=\"full\">").text(texts::kReauthButton).raw("</button></form></div>");
  const int status = sheet.problem ? problem_text(*sheet.problem).status : 200;
  Response response =
      render_page({.title = texts::kReauthTitle, .status = status, .asker = Asker::user}, html);
  if (sheet.problem) add_problem_headers(*sheet.problem, response);
  return response;
}

}  // namespace

Response page_reauth(App& app, const Request& request, AuthSession& session) {
  std::string next = next_of(app, Form::parse(request.query));
  const auto user = session.user();
  if (!user) return page_failure(session);
  if (!session || *user == nullptr) return to_full_log_in(session, next);
  return render_reauth({.name = name_of(session, *user), .next = std::move(next)});
}

Response form_reauth(App& app, const Request& request, AuthSession& session) {
  const auto form = Form::parse(request.body);
  if (!form) return page_problem(Problem::bad_form, {.asker = asker(app, session)});
  std::string next = next_of(app, form);
  if (!session) return to_full_log_in(session, next);
  const auto proven = session.reauthenticate(form->get("password"));
  if (!proven && !session) return to_full_log_in(session, next);  // it has ended meanwhile
  if (!proven) return page_failure(session);
  if (*proven == Rejection::none) {
    return next.empty() ? see_other("/") : go_on(app, std::move(next));
  }
  const auto user = session.user();
  if (!user) return page_failure(session);
  return render_reauth({.name = name_of(session, *user),
                        .next = std::move(next),
                        .problem = problem_of(*proven),
                        .retry_after = session.retry_after()});
}

}  // namespace latchkey::http
