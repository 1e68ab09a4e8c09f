#include "http/pages/fields.h"

#include "http/pages/texts.h"
#include "latchkey/safe_redirect.h"

namespace latchkey::http {

void append_password_field(Html& html, const PasswordField& field) {
  html.raw("<div class=\"field\"><label for=\"").text(field.name).raw("\">").text(field.label);
  html.raw("</label><input id=\"").text(field.name).raw("\" name=\"").text(field.name);
  html.raw("\" type=\"password\" required autocomplete=\"");
  if (field.chosen) {
    html.raw("new-password\"");
  } else {
    html.raw("current-password\"");
  }
  if (field.blamed) html.raw(" aria-invalid=\"true\"");
  if (field.blamed && field.chosen) {
    html.raw(" aria-describedby=\"problem rule\"");
  } else if (field.blamed) {
    html.raw(" aria-describedby=\"problem\"");
  } else if (field.chosen) {
    html.raw(" aria-describedby=\"rule\"");
  }
  if (field.focused) html.raw(" autofocus");
  html.raw(">");
  if (field.chosen) {
    html.raw("<p class=\"hint\" id=\"rule\">").text(texts::kPasswordRule).raw("</p>");
  }
  html.raw("</div>");
}

void append_known_user(Html& html, std::string_view name) {
  html.raw("<div class=\"field\"><label for=\"username\">").text(texts::kUsername);
  html.raw("</label><input id=\"username\" name=\"username\" type=\"text\" readonly ")
      .raw("autocomplete=\"username\" value=\"")
      .text(name)
      .raw("\"></div>");
}

void append_next(Html& html, std::string_view next) {
  if (next.empty()) return;
  html.raw("<input type=\"hidden\" name=\"next\" value=\"").text(next).raw("\">");
}

std::string next_of(const App& app, const std::optional<Form>& form) {
  if (!form) return {};
  return guard::safe_return(form->get("next"), app.auth.public_url(),
                            app.auth.options().cookie.domain, "");
}

void append_problem(Html& html, Problem problem, Millis retry_after) {
  if (problem != Problem::rate_limited) return append_problem(html, problem_text(problem).detail);
  constexpr Millis kMinute = std::chrono::minutes{1}, kSecond = std::chrono::seconds{1};
  const bool minutes = retry_after > kMinute;
  const Millis unit = minutes ? kMinute : kSecond;
  const auto count = (retry_after + unit - Millis{1}) / unit;
  std::string sentence(rejection_text(Rejection::rate_limited));
  sentence.append(texts::kTryAgainIn).append(std::to_string(count));
  sentence.append(minutes ? texts::kMinutes : count == 1 ? texts::kSecond : texts::kSeconds);
  append_problem(html, sentence);
}

void append_problem(Html& html, std::string_view sentence) {
  html.raw("<p class=\"error\" role=\"alert\" id=\"problem\">").text(sentence).raw("</p>");
}

void append_notice(Html& html, std::string_view sentence) {
  html.raw("<p class=\"notice\" role=\"status\">").text(sentence).raw("</p>");
}

bool is_password_fault(Problem problem) noexcept {
  return problem == Problem::password_too_short || problem == Problem::password_too_long ||
         problem == Problem::password_invalid || problem == Problem::password_common;
}

}  // namespace latchkey::http
