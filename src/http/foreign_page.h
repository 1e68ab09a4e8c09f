#pragma once

#include "http/app.h"
#include "http/pages/html.h"

namespace latchkey::http {

// answer_foreign_page answers a request that `session` refused because of where it comes from
// (R48-R51). The answer names the origin received and the one expected, so that the operator sees
// which of proxy and public URL is wrong.
Response answer_foreign_page(const Request& request, const AuthSession& session);

// append_address_notice names the right address on a page that was opened under another name: there
// forms would be refused and cookies not kept.
void append_address_notice(Html& html, const App& app, const Request& request);

}  // namespace latchkey::http
