#include "http/origin_guard.h"

#include "base/log.h"
#include "guard/seen_address.h"
#include "http/api/problem.h"
#include "http/pages/pages.h"
#include "http/visitor.h"
#include "latchkey/origin_check.h"

namespace latchkey::http {
namespace {

using guard::OriginVerdict;

// Without a valid public URL nothing can be checked, so nothing passes.
OriginVerdict judge(const App& app, const Request& request, const Route& route) {
  const guard::OriginFacts facts{
      .method = request.method,
      .sec_fetch_site = request.header("sec-fetch-site"),
      .origin = request.header("origin"),
      .repeated = request.header_count("sec-fetch-site") > 1 || request.header_count("origin") > 1,
      .simple_body = route.body == Body::form};
  return app.url ? guard::check_origin(facts, *app.url) : OriginVerdict::foreign_origin;
}

void append_address(Html& html, const std::string& origin) {
  html.raw("<a href=\"").text(origin).raw("/\">").text(origin).raw("</a>");
}

// What a person can do about it; the rest is for whoever runs the site.
Html hint_of(OriginVerdict verdict, const std::string& expected, const std::string& received) {
  Html html;
  html.raw("<p>The address of this site is ");
  append_address(html, expected);
  html.raw(". Open it there and try again.</p>");
  if (verdict == OriginVerdict::unproven_form) {
    html.raw("<p class=\"muted\">Your browser did not say which page this form was on.</p>");
  } else if (!received.empty()) {
    html.raw("<p class=\"muted\">Your browser said that this form was on a page of ")
        .text(received)
        .raw(".</p>");
  }
  return html;
}

}  // namespace

std::optional<Response> refuse_foreign(const App& app, const Request& request, const Route& route) {
  const OriginVerdict verdict = judge(app, request, route);
  if (verdict == OriginVerdict::allowed) return std::nullopt;
  const std::string expected = app.url ? app.url->origin() : std::string{};
  const auto origin = request.header("origin");
  const std::string received = origin ? guard::shown_origin(*origin) : std::string{};
  const auto site = request.header("sec-fetch-site");
  log(LogLevel::warn, "origin_refused",
      {{"reason", guard::origin_verdict_name(verdict)},
       {"path", route.path},
       {"received", origin ? std::string_view{received} : "none"},
       {"expected", expected},
       {"sec_fetch_site", site ? guard::shown_origin(*site) : "none"},
       {"address", client_of(app, request)}});
  if (is_api_path(request.path)) {
    return problem_response(Problem::origin_refused,
                            {{"expected_origin", expected}, {"received_origin", received}});
  }
  return page_problem(Problem::origin_refused, {.hint = hint_of(verdict, expected, received)});
}

void append_address_notice(Html& html, const App& app, const Request& request) {
  if (!app.url) return;
  const auto peer = guard::Address::parse(request.peer_address);
  const bool closes = same_field(request.header("connection").value_or(""), "close");
  const bool elsewhere = guard::opened_elsewhere(
      {.host = request.header("host").value_or(""),
       .forwarded_host = request.header("x-forwarded-host"),
       // Proxies of HTTP/1.0 ask for the end of the connection; no browser does.
       .from_proxy = closes || (peer && app.proxies.contains(*peer)),
       .secure_context = request.header("sec-fetch-site").has_value()},
      *app.url);
  if (!elsewhere) return;
  html.raw("<p class=\"notice address\">The address of this site is ");
  append_address(html, app.url->origin());
  html.raw(". Log in there: under another name forms and cookies do not work.</p>");
}

}  // namespace latchkey::http
