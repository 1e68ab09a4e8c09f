#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/api/problem.h"
#include "http/app.h"
#include "http/pages/form.h"
#include "http/pages/html.h"

// What forms of several pages have in common.
namespace latchkey::http {

// PasswordField asks for one password.
struct PasswordField {
  std::string_view name = "password";  // of the field, and its id
  std::string_view label{};
  bool chosen = false;   // a new one: the rule stands below it
  bool blamed = false;   // the problem above the form is about it
  bool focused = false;  // the page opens here
};
void append_password_field(Html& html, const PasswordField& field);

// append_known_user names the user a form is about, also for a password manager.
void append_known_user(Html& html, std::string_view name);

// append_next keeps where to go afterwards, if there is such a place.
void append_next(Html& html, std::string_view next);
// next_of reads it from a form or a query; empty when there is no wish or an unsafe one (R170).
std::string next_of(const App& app, const std::optional<Form>& form);

// append_problem says what is to be put right, or, of too many tries, how long to wait.
void append_problem(Html& html, Problem problem, Millis retry_after);
void append_problem(Html& html, std::string_view sentence);

// append_notice says what has just been done.
void append_notice(Html& html, std::string_view sentence);

// is_password_fault tells whether a new password is what has to be put right.
bool is_password_fault(Problem problem) noexcept;

}  // namespace latchkey::http
