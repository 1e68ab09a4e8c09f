#include "http/page.h"
#include "http/pages.h"
#include "http/routes.h"

namespace latchkey::http {
namespace {

std::string_view title_of(Problem problem) noexcept {
  switch (problem) {
    case Problem::not_found:
      return "Page not found";
    case Problem::origin_refused:
      return "This did not come from our pages";
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

Response page_problem(Problem problem) {
  const ProblemText& text = problem_text(problem);
  Html html;
  html.raw("<div class=\"card narrow stack\"><h1>").text(title_of(problem)).raw("</h1><p>");
  if (problem == Problem::store_unavailable) {
    html.raw(
        "If you were logged in, you still are. Nothing was lost. Please try again in a moment.");
  } else {
    html.text(text.detail);
  }
  html.raw(
      "</p><p class=\"actions\"><a class=\"button\" href=\"/\">Go to the home page</a></p></div>");
  Response response = render_page({.title = title_of(problem), .status = text.status}, html);
  add_problem_headers(problem, response);
  return response;
}

Response problem_at(std::string_view path, Problem problem) {
  return is_api_path(path) ? problem_response(problem) : page_problem(problem);
}

Response page_failure(const Error& error, const Request& request) {
  log_failure(error, request);
  return page_problem(problem_of(error.code));
}

}  // namespace latchkey::http
