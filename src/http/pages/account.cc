#include "base/text.h"
#include "http/entrance.h"
#include "http/foreign_page.h"
#include "http/pages/fields.h"
#include "http/pages/page.h"
#include "http/pages/pages.h"
#include "http/pages/texts.h"

namespace latchkey::http {
namespace {

constexpr std::string_view kAfterEntrance = "/training";

// Sheet is what a log-in or sign-up form shows.
struct Sheet {
  Entrance entrance = Entrance::log_in;
  std::string username{};  // as typed; the password is never shown again
  bool remember = true;
  std::string next{};  // safe, or empty
  bool mail = false;   // a forgotten password can be set anew
  bool reset = false;  // that has just been done
  std::optional<Problem> problem{};
  Millis retry_after{0};  // with Problem::rate_limited

  bool sign_up() const noexcept { return entrance == Entrance::sign_up; }
  // The field to correct: for wrong credentials, which blame none, the one that is empty again.
  bool starts_at_password() const noexcept {
    return blames_password() || problem == Problem::wrong_credentials ||
           problem == Problem::rate_limited;
  }
  // Wrong credentials belong to the form as a whole; the other problems to one field.
  bool blames_username() const noexcept {
    return problem == Problem::username_taken || problem == Problem::username_invalid;
  }
  bool blames_password() const noexcept { return problem && is_password_fault(*problem); }
};

void append_username_field(Html& html, const Sheet& sheet) {
  html.raw("<div class=\"field\"><label for=\"username\">")
      .text(texts::kUsername)
      .raw("</label>")
      .raw("<input id=\"username\" name=\"username\" type=\"text\" autocomplete=\"username\" ")
      .raw("autocapitalize=\"none\" spellcheck=\"false\" required value=\"")
      .text(sheet.username)
      .raw("\"");
  if (sheet.blames_username()) html.raw(" aria-invalid=\"true\" aria-describedby=\"problem\"");
  if (!sheet.starts_at_password()) html.raw(" autofocus");
  html.raw("></div>");
}

void append_other_entrance(Html& html, const Sheet& sheet) {
  html.raw("<p class=\"muted\">");
  if (sheet.sign_up()) {
    html.text(texts::kHaveAccount).raw(" <a href=\"/login");
  } else {
    html.text(texts::kNewHere).raw(" <a href=\"/signup");
  }
  if (!sheet.next.empty()) html.raw("?next=").text(percent_encode(sheet.next));
  html.raw("\">").text(sheet.sign_up() ? texts::kLogIn : texts::kCreateAccount).raw("</a></p>");
}

void append_form(Html& html, const Sheet& sheet) {
  if (sheet.sign_up()) {
    html.raw("<form class=\"stack\" method=\"post\" action=\"/signup\">");
  } else {
    html.raw("<form class=\"stack\" method=\"post\" action=\"/login\">");
  }
  append_next(html, sheet.next);
  append_username_field(html, sheet);
  append_password_field(html, {.label = texts::kPassword,
                               .chosen = sheet.sign_up(),
                               .blamed = sheet.blames_password(),
                               .focused = sheet.starts_at_password()});
  if (!sheet.sign_up() && sheet.mail) {
    html.raw("<p><a href=\"/password/forgot\">").text(texts::kForgotLink).raw("</a></p>");
  }
  html.raw("<label class=\"check\"><input type=\"checkbox\" name=\"remember\" value=\"on\"");
  if (sheet.remember) html.raw(" checked");
  html.raw("> ").text(texts::kRemember).raw("</label><button class=\"full\">");
  html.text(sheet.sign_up() ? texts::kSignUp : texts::kLogIn).raw("</button></form>");
}

// Place is where the form is shown.
struct Place {
  const App& app;
  const Request& request;
  AuthSession& session;

  LoginWatch::Client client() const {
    return {session.client_address(), request.header("user-agent").value_or("")};
  }
  // lost_cookie tells whether this browser has just logged in and did not keep the cookie.
  bool lost_cookie() const {
    return !session.brought_token() && app.logins.lost_cookie(client(), app.clock.now());
  }
};

Response render_sheet(const Place& place, const Sheet& sheet) {
  const std::string_view title = sheet.sign_up() ? texts::kSignUp : texts::kLogIn;
  Html html;
  html.raw("<div class=\"card narrow stack\"><h1>").text(title).raw("</h1>");
  append_address_notice(html, place.app, place.request);
  if (sheet.problem) {
    append_problem(html, *sheet.problem, sheet.retry_after);
  } else if (place.lost_cookie()) {
    append_problem(html, texts::kLostCookie);
  } else if (sheet.reset) {
    append_notice(html, texts::kResetDone);
  } else {
    append_ended_notice(html, place.session);
  }
  append_form(html, sheet);
  if (sheet.sign_up() || place.app.sign_up_open()) append_other_entrance(html, sheet);
  html.raw("</div>");
  const int status = sheet.problem ? problem_text(*sheet.problem).status : 200;
  Response response = render_page({.title = title,
                                   .status = status,
                                   .asker = asker(place.app),
                                   .section = sheet.sign_up() ? Section::sign_up : Section::log_in,
                                   .session = &place.session},
                                  html);
  if (sheet.problem) add_problem_headers(*sheet.problem, response);
  return response;
}

Response show(const Place& place, Entrance entrance) {
  if (entrance == Entrance::sign_up && !place.app.sign_up_open() && !place.session) {
    return page_problem(Problem::sign_up_closed, {.asker = asker(place.app)});
  }
  const auto query = Form::parse(place.request.query);
  std::string next = next_of(place.app, query);
  // Who is asked to prove again who they are logs in again.
  const bool again = query && query->get("reason") == "recent_login";
  if (place.session && !again) {
    return next.empty() ? see_other("/") : go_on(place.app, std::move(next));
  }
  return render_sheet(place, {.entrance = entrance,
                              .next = std::move(next),
                              .mail = place.app.recovery != nullptr,
                              .reset = query && query->get("notice") == "reset"});
}

Response submit(App& app, const Request& request, AuthSession& session, Entrance entrance) {
  const Place place{app, request, session};
  const auto form = Form::parse(request.body);
  if (!form) return page_problem(Problem::bad_form);
  Sheet sheet{.entrance = entrance,
              .username = std::string(form->get("username")),
              .remember = form->has("remember"),
              .next = next_of(app, form),
              .mail = app.recovery != nullptr};
  const Credentials credentials{sheet.username, form->get("password")};
  const auto entered = enter(app, session, entrance, credentials, sheet.remember);
  if (!entered) return page_failure(session);
  if (*entered == Rejection::sign_up_closed) {
    return page_problem(Problem::sign_up_closed, {.asker = asker(app)});
  }
  if (*entered != Rejection::none) {
    sheet.retry_after = session.retry_after();
    sheet.problem = problem_of(*entered);
    return render_sheet(place, sheet);
  }
  app.logins.logged_in(place.client(), session.record()->id, app.clock.now());
  if (sheet.next.empty()) return see_other(std::string(kAfterEntrance));
  return go_on(app, std::move(sheet.next));
}

}  // namespace

Response page_sign_up(App& app, const Request& request, AuthSession& session) {
  return show({app, request, session}, Entrance::sign_up);
}

Response page_log_in(App& app, const Request& request, AuthSession& session) {
  return show({app, request, session}, Entrance::log_in);
}

Response form_sign_up(App& app, const Request& request, AuthSession& session) {
  return submit(app, request, session, Entrance::sign_up);
}

Response form_log_in(App& app, const Request& request, AuthSession& session) {
  return submit(app, request, session, Entrance::log_in);
}

Response form_log_out(App&, const Request&, AuthSession& session) {
  return session.log_out() ? see_other("/") : page_failure(session);
}

}  // namespace latchkey::http
