#pragma once

#include <string_view>

#include "http/api/problem.h"
#include "http/app.h"
#include "http/pages/html.h"
#include "http/pages/page.h"

// The pages. They work without JavaScript. docs/pages.md
namespace latchkey::http {

Response page_home(App& app, const Request& request, AuthSession& session);
Response page_training(App& app, const Request& request, AuthSession& session);
Response page_sign_up(App& app, const Request& request, AuthSession& session);
Response page_log_in(App& app, const Request& request, AuthSession& session);
Response page_reauth(App& app, const Request& request, AuthSession& session);
Response page_forgot(App& app, const Request& request, AuthSession& session);
Response page_reset(App& app, const Request& request, AuthSession& session);
Response page_account(App& app, const Request& request, AuthSession& session);
Response page_password(App& app, const Request& request, AuthSession& session);
Response page_email(App& app, const Request& request, AuthSession& session);
Response page_confirm_email(App& app, const Request& request, AuthSession& session);
Response page_delete(App& app, const Request& request, AuthSession& session);
Response page_sessions(App& app, const Request& request, AuthSession& session);

Response form_sign_up(App& app, const Request& request, AuthSession& session);
Response form_log_in(App& app, const Request& request, AuthSession& session);
Response form_reauth(App& app, const Request& request, AuthSession& session);
Response form_forgot(App& app, const Request& request, AuthSession& session);
Response form_reset(App& app, const Request& request, AuthSession& session);
Response form_password(App& app, const Request& request, AuthSession& session);
Response form_email(App& app, const Request& request, AuthSession& session);
Response form_confirm_email(App& app, const Request& request, AuthSession& session);
Response form_delete(App& app, const Request& request, AuthSession& session);
Response form_log_out(App& app, const Request& request, AuthSession& session);
Response form_end_session(App& app, const Request& request, AuthSession& session);
Response form_end_others(App& app, const Request& request, AuthSession& session);

// ProblemPage is what an error page may show beside the error itself.
struct ProblemPage {
  Html hint{};                   // in the place of the problem's own sentence
  Asker asker = Asker::unknown;  // for the navigation
};
// page_problem is the page for an error of any kind.
Response page_problem(Problem problem, const ProblemPage& more = {});
// problem_at answers in the form that `path` has: JSON of the API, a page elsewhere.
Response problem_at(std::string_view path, Problem problem);
// page_failure answers the failure of the last call of `session`.
Response page_failure(const AuthSession& session);

}  // namespace latchkey::http
