#include "http/pages/page.h"
#include "http/pages/pages.h"
#include "http/pages/texts.h"
#include "http/routes.h"

namespace latchkey::http {
namespace {

std::string_view title_of(Problem problem) noexcept {
  switch (problem) {
    case Problem::not_found:
      return "Page not found";
    case Problem::origin_refused:
      return "This did not come from our pages";
    case Problem::sign_up_closed:
      return "Nobody can sign up here";
    case Problem::link_unknown:
      return "This link does not work";
    case Problem::mail_not_configured:
      return "No mail is sent here";
    case Problem::method_not_allowed:
      return "This page cannot do that";
    case Problem::store_unavailable:
      return "We cannot reach our records right now";
    case Problem::overloaded:
    case Problem::rate_limited:
      return "Very busy right now";
    case Problem::internal_error:
      return "Something went wrong";
    default:
      return "That did not work";
  }
}

}  // namespace

Response page_problem(Problem problem, const ProblemPage& more) {
  const ProblemText& text = problem_text(problem);
  Html html;
  html.raw("<div class=\"card narrow stack\"><h1>").text(title_of(problem)).raw("</h1>");
  if (!more.hint.str().empty()) {
    html.part(more.hint);
  } else if (problem == Problem::store_unavailable) {
    html.raw("<p>").text(texts::kNothingLost).raw("</p>");
  } else {
    html.raw("<p>").text(text.detail).raw("</p>");
  }
  html.raw("<p class=\"actions\"><a class=\"button\" href=\"/\">").text(texts::kGoHome);
  html.raw("</a></p></div>");
  Response response =
      render_page({.title = title_of(problem), .status = text.status, .asker = more.asker}, html);
  add_problem_headers(problem, response);
  return response;
}

Response problem_at(std::string_view path, Problem problem) {
  return is_api_path(path) ? problem_response(problem) : page_problem(problem);
}

Response page_failure(const AuthSession& session) { return page_problem(problem_of(session)); }

}  // namespace latchkey::http
