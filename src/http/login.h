#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/app.h"
#include "http/visitor.h"

namespace latchkey::http {

enum class Entrance : std::uint8_t { sign_up, log_in };

// Entry is a session that was opened, or why none was.
struct Entry {
  Rejection rejection = Rejection::none;
  std::optional<SessionRecord> session{};  // set when nothing was rejected
  std::optional<User> user{};              // likewise
  std::vector<std::string> cookies{};      // likewise: the Set-Cookie values
};

// enter signs a user up or logs one in, for API and pages alike. The session this browser had
// before ends (R5). An Error leaves the browser's cookie as it is; whatever was opened is then
// ended again as far as the store lets it.
Result<Entry> enter(App& app, const Request& request, Entrance entrance,
                    const Credentials& credentials, bool remember);

// leave ends the session of this request. False: it has none. After an Error nothing was ended.
Result<bool> leave(App& app, const Request& request);

// add_logout_headers blanks our cookies and, over https, empties the browser's cache of this
// origin. Less than R60 asks for, on purpose: docs/http_api.md.
void add_logout_headers(const App& app, const Request& request, Response& response);

}  // namespace latchkey::http
