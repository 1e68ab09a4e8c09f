#pragma once

#include <string_view>

#include "http/api/problem.h"
#include "http/app.h"
#include "http/pages/html.h"
#include "http/visitor.h"

// The pages. They work without JavaScript. docs/pages.md
namespace latchkey::http {

Response page_home(App& app, const Request& request);
Response page_training(App& app, const Request& request);
Response page_sign_up(App& app, const Request& request);
Response page_log_in(App& app, const Request& request);
Response page_sessions(App& app, const Request& request);

Response form_sign_up(App& app, const Request& request);
Response form_log_in(App& app, const Request& request);
Response form_log_out(App& app, const Request& request);
Response form_end_session(App& app, const Request& request);
Response form_end_others(App& app, const Request& request);

// ProblemPage is what an error page may show beside the error itself.
struct ProblemPage {
  Html hint{};                       // in the place of the problem's own sentence
  const Visitor* visitor = nullptr;  // for the navigation; nullptr: not looked for
};
// page_problem is the page for an error of any kind.
Response page_problem(Problem problem, const ProblemPage& more = {});
// page_not_found answers 404 with the navigation of the visitor.
Response page_not_found(App& app, const Request& request);
// problem_at answers in the form that `path` has: JSON of the API, a page elsewhere.
Response problem_at(std::string_view path, Problem problem);
// page_failure answers a failure and logs it. It never touches a cookie.
Response page_failure(const Error& error, const Request& request);

}  // namespace latchkey::http
