#include "http/device.h"
#include "http/origin_guard.h"
#include "http/pages/assets.h"
#include "http/pages/human_time.h"
#include "http/pages/page.h"
#include "http/pages/pages.h"

namespace latchkey::http {
namespace {

Html home_of(const Visitor& visitor) {
  Html html;
  html.raw("<div class=\"stack\"><h1>Hello, <bdi>").text(name_of(visitor)).raw("</bdi></h1>");
  html.raw("<p class=\"lead\">You are logged in. Where would you like to go?</p></div>")
      .raw("<div class=\"tiles\"><a class=\"card tile\" href=\"/training\"><h2>Training</h2>")
      .raw("<p class=\"muted\">A page that only people who are logged in can see.</p></a>")
      .raw("<a class=\"card tile\" href=\"/sessions\"><h2>Your sessions</h2>")
      .raw("<p class=\"muted\">See where you are logged in, and end what you do not know.</p></a>")
      .raw("</div>");
  return html;
}

Html home_of_stranger(const App& app, const Request& request, const Visitor& visitor) {
  Html html;
  html.raw("<div class=\"card hero stack\">");
  append_address_notice(html, app, request);
  append_ended_notice(html, visitor);
  append_logo(html);
  html.raw(
          "<h1>Welcome</h1><p class=\"lead\">Log in to open the training page and to see on which ")
      .raw("devices you are logged in. New here? All it takes is a name and a password.</p>")
      .raw("<p class=\"actions\"><a class=\"button\" href=\"/login\">Log in</a>")
      .raw("<a class=\"button quiet\" href=\"/signup\">Sign up</a></p></div>");
  return html;
}

}  // namespace

Response page_home(App& app, const Request& request) {
  auto visitor = identify(app, request, {});
  if (!visitor) return page_failure(visitor.error(), request);
  const bool known = visitor->signed_in();
  Response response =
      render_page({.title = "Home", .visitor = &*visitor, .section = Section::home},
                  known ? home_of(*visitor) : home_of_stranger(app, request, *visitor));
  set_cookie_headers(response, std::move(visitor->cookies));
  blank_bad_cookie(app, request, *visitor, response);
  return response;
}

Response page_training(App& app, const Request& request) {
  auto visitor = identify(app, request, {});
  if (!visitor) return page_failure(visitor.error(), request);
  if (!visitor->signed_in()) return to_log_in("/training");
  const SessionRecord& session = *visitor->session;
  Html html;
  html.raw("<div class=\"stack\"><h1>Training</h1><p class=\"lead\">Welcome, <strong><bdi>")
      .text(name_of(*visitor))
      .raw("</bdi></strong>. You see this page because you are logged in; everybody else is sent ")
      .raw("to the log-in page.</p><section class=\"card stack\" aria-labelledby=\"this\">")
      .raw("<h2 id=\"this\">This session</h2><dl class=\"facts\"><div><dt>Device</dt><dd>")
      .text(describe_device(session.user_agent))
      .raw("</dd></div><div><dt>Logged in</dt><dd>");
  append_age(html, session.created_at, app.clock.now());
  html.raw("</dd></div><div><dt>Ends at the latest</dt><dd>");
  append_date(html, session.absolute_expires_at);
  html.raw(
      "</dd></div></dl><p><a href=\"/sessions\">See all your sessions</a></p></section></div>");
  Response response =
      render_page({.title = "Training", .visitor = &*visitor, .section = Section::training}, html);
  set_cookie_headers(response, std::move(visitor->cookies));
  return response;
}

}  // namespace latchkey::http
