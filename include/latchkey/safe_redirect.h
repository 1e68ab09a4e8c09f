#pragma once

#include <string>
#include <string_view>

#include "latchkey/public_url.h"

// Where a log-in may lead. AuthSession::safe_next calls this.
namespace latchkey::guard {

// Where a log-in may lead: latchkey::guard::safe_redirect(form["next"], "/").

// safe_redirect returns `target`, fit for a Location header, if it can only lead to a page of this
// very origin, and `fallback` otherwise (R170, R173 of docs/requirements.md). `target` is a query
// or form value after its one decoding. Safe is a path that begins with exactly one '/', has no
// empty or dot segments, no backslash and no control character, neither as it is nor decoded once
// more, of at most 2048 bytes. Bytes beyond ASCII and blanks are percent-encoded.
std::string safe_redirect(std::string_view target, std::string_view fallback);

// safe_return accepts more where the session's cookie does: also a whole address of `url` or, with
// a `cookie_domain`, of any host of that domain, over the scheme of `url`.
std::string safe_return(std::string_view target, const PublicUrl& url,
                        std::string_view cookie_domain, std::string_view fallback);

}  // namespace latchkey::guard
