#include "http/pages/page.h"

#include "base/text.h"
#include "http/pages/assets.h"
#include "http/pages/brand.h"
#include "http/pages/fields.h"
#include "http/pages/pages.h"
#include "http/pages/texts.h"
#include "latchkey/browser_client.h"

namespace latchkey::http {
namespace {

void append_link(Html& html, std::string_view path, std::string_view label, bool current) {
  html.raw("<a href=\"").text(path).raw("\"");
  if (current) html.raw(" aria-current=\"page\"");
  html.raw(">").text(label).raw("</a>");
}

void append_navigation(Html& html, const Frame& frame) {
  html.raw("<nav aria-label=\"Main\">");
  if (frame.asker == Asker::user) {
    append_link(html, "/training", texts::kTraining, frame.section == Section::training);
    append_link(html, "/sessions", texts::kSessions, frame.section == Section::sessions);
    append_link(html, "/account", texts::kAccountTitle, frame.section == Section::account);
    html.raw("<form method=\"post\" action=\"/logout\"><button>").text(texts::kLogOut);
    html.raw("</button></form>");
  } else {
    append_link(html, "/login", texts::kLogIn, frame.section == Section::log_in);
    if (frame.asker == Asker::newcomer) {
      append_link(html, "/signup", texts::kSignUp, frame.section == Section::sign_up);
    }
  }
  html.raw("</nav>");
}

// append_script: a page that could not find out who asks has none.
void append_script(Html& html, const Frame& frame) {
  if (frame.asker == Asker::unknown) return;
  html.raw("<script src=\"").text(kScriptPath).raw("?v=").text(browser_script_version()).raw("\"");
  if (frame.session != nullptr) {
    html.raw(" data-session=\"").text(session_hint(*frame.session)).raw("\"");
  } else if (frame.asker != Asker::user) {
    html.raw(" data-session=\"null\"");
  }
  html.raw(" defer></script>\n");
}

}  // namespace

Response render_page(const Frame& frame, const Html& main) {
  Html html;
  html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
      .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
      .raw("<meta name=\"color-scheme\" content=\"light dark\">\n<title>")
      .text(frame.title)
      .raw(" · ")
      .text(brand().name)
      .raw("</title>\n<link rel=\"stylesheet\" href=\"")
      .text(stylesheet_path())
      .raw("\">\n<link rel=\"icon\" type=\"image/svg+xml\" href=\"")
      .text(icon_path())
      .raw("\">\n");
  append_script(html, frame);
  html.raw("</head>\n<body>\n<a class=\"skip\" href=\"#main\">")
      .text(texts::kSkip)
      .raw("</a>\n")
      .raw("<header class=\"top\"><div class=\"bar\"><a class=\"brand\" href=\"/\">");
  append_logo(html);
  html.text(brand().name).raw("</a>");
  if (frame.asker != Asker::unknown) append_navigation(html, frame);
  html.raw("</div></header>\n<main id=\"main\" tabindex=\"-1\"");
  if (frame.asker == Asker::user) html.raw(" data-latchkey-private");
  html.raw(">\n")
      .part(main)
      .raw("\n</main>\n<footer>")
      .text(texts::kFooter)
      .raw("</footer>\n")
      .raw("</body>\n</html>\n");
  Response response;
  response.status = frame.status;
  response.content_type = "text/html; charset=utf-8";
  response.body = std::move(html).take();
  return response;
}

std::string_view name_of(const AuthSession& session, const User* user) noexcept {
  if (user != nullptr && !user->username.empty()) return user->username;
  return session.user_id().text();
}

void append_tile(Html& html, std::string_view path, std::string_view title, std::string_view lead) {
  html.raw("<a class=\"card tile\" href=\"").text(path).raw("\"><h2>").text(title);
  html.raw("</h2><p class=\"muted\">").text(lead).raw("</p></a>");
}

void append_ended_notice(Html& html, const AuthSession& session) {
  const bool expired = session.state() == AuthState::expired;
  if (!expired && session.state() != AuthState::revoked) return;
  html.raw("<p class=\"notice\" role=\"status\" data-latchkey-notice>")
      .text(expired ? texts::kExpired : texts::kEnded)
      .raw("</p>");
}

Response see_other(std::string location) {
  Response response;
  response.status = 303;
  response.headers.emplace_back("Location", std::move(location));
  return response;
}

Response go_on(const App& app, std::string next) {
  if (!app.base.empty() && next.starts_with('/')) next.insert(0, app.auth.public_url().origin());
  return see_other(std::move(next));
}

Response not_recent(const App& app, const AuthSession& session, std::string_view path) {
  if (session.status() != 401) return page_failure(session);
  return see_other("/reauth?next=" + percent_encode(app.base + std::string(path)));
}

Response to_log_in(const App& app, std::string_view path) {
  return see_other("/login?next=" + percent_encode(app.base + std::string(path)));
}

}  // namespace latchkey::http
