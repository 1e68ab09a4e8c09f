#include "http/foreign_page.h"

#include "guard/seen_address.h"
#include "http/api/api.h"
#include "http/pages/pages.h"
#include "http/routes.h"
#include "latchkey/origin_check.h"

namespace latchkey::http {
namespace {

void append_address(Html& html, std::string_view origin) {
  html.raw("<a href=\"").text(origin).raw("/\">").text(origin).raw("</a>");
}

// What a person can do about it; the rest is for whoever runs the site.
Html hint_of(const Refusal& why) {
  Html html;
  html.raw("<p>The address of this site is ");
  append_address(html, why.expected_origin);
  html.raw(". Open it there and try again.</p>");
  if (why.reason == guard::origin_verdict_name(guard::OriginVerdict::unproven_form)) {
    html.raw("<p class=\"muted\">Your browser did not say which page this form was on.</p>");
  } else if (!why.received_origin.empty()) {
    html.raw("<p class=\"muted\">Your browser said that this form was on a page of ")
        .text(why.received_origin)
        .raw(".</p>");
  }
  return html;
}

}  // namespace

Response answer_foreign_page(const Request& request, const AuthSession& session) {
  if (is_api_path(request.path)) return api_problem(session);
  return page_problem(Problem::origin_refused,
                      {.hint = hint_of(session.refusal().value_or(Refusal{}))});
}

void append_address_notice(Html& html, const App& app, const Request& request) {
  const PublicUrl& url = app.auth.public_url();
  const bool closes = same_field(request.header("connection").value_or(""), "close");
  const bool elsewhere = guard::opened_elsewhere(
      {.host = request.header("host").value_or(""),
       .forwarded_host = request.header("x-forwarded-host"),
       // Proxies of HTTP/1.0 ask for the end of the connection; no browser does.
       .from_proxy = closes || app.auth.trusted_proxies().contains_peer(request.peer_address),
       .secure_context = request.header("sec-fetch-site").has_value()},
      url);
  if (!elsewhere) return;
  html.raw("<p class=\"notice address\">The address of this site is ");
  append_address(html, url.origin());
  html.raw(". Log in there: under another name forms and cookies do not work.</p>");
}

}  // namespace latchkey::http
