#pragma once

#include <optional>
#include <string_view>

#include "http/api/problem.h"
#include "http/app.h"
#include "http/pages/html.h"

// What pages about links in mails have in common.
namespace latchkey::http {

// RecoverySheet is what the forms show.
struct RecoverySheet {
  std::string_view username{};
  std::string_view token{};
  std::optional<Problem> problem{};
  Millis retry_after{0};
};

// render_recovery puts title and problem around a form. Its address is told to no other page.
Response render_recovery(const App& app, const AuthSession& session, std::string_view title,
                         const RecoverySheet& sheet, const Html& form);

// append_token keeps the secret of a link in a form.
void append_token(Html& html, std::string_view token);

// no_mail says that nobody sends mail here.
Response no_mail(const App& app, const AuthSession& session);

// bad_link says that a link does not work, and leads to `again` for a new one.
Response bad_link(const App& app, const AuthSession& session, std::string_view again);

}  // namespace latchkey::http
