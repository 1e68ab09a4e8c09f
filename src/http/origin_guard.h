#pragma once

#include <optional>

#include "http/app.h"
#include "http/pages/html.h"
#include "http/routes.h"

namespace latchkey::http {

// refuse_foreign answers 403 when `request` may not change anything because of where it comes from
// (R48-R51); nothing: it may. Log line and answer name the origin received and the one expected, so
// that whoever set up proxy or public URL sees what does not fit.
std::optional<Response> refuse_foreign(const App& app, const Request& request, const Route& route);

// append_address_notice names the right address on a page that was opened under another name: there
// forms would be refused and cookies not kept.
void append_address_notice(Html& html, const App& app, const Request& request);

}  // namespace latchkey::http
