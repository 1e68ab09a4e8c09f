#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/app.h"
#include "http/visitor.h"

namespace latchkey::http {

// EndStatus is what became of a wish to end one session.
enum class EndStatus : std::uint8_t {
  ended,
  ended_current,  // the session of this very request: the cookie must go
  none,           // unknown, ended before, or another user's: never told apart
};

// end_own_session ends the session `id` if it is of the visitor's user.
Result<EndStatus> end_own_session(App& app, const Visitor& visitor, std::string_view id);

// AllEnded tells what end_all_sessions did.
struct AllEnded {
  std::optional<std::size_t> count{};  // nothing: nobody counts sessions that live in their cookies
  std::vector<std::string> cookies{};  // of the session that stays, when it must be written anew
};
// end_all_sessions ends all sessions of the visitor's user, but this one if `keep_current`.
Result<AllEnded> end_all_sessions(App& app, const Request& request, const Visitor& visitor,
                                  bool keep_current);

// list_sessions lists those of the visitor's user; where no list is kept, this one alone.
Result<SessionPage> list_sessions(App& app, const Request& request, const Visitor& visitor,
                                  std::string_view after, std::size_t limit);
// why_one_session says, as a sentence, why only this one is listed; empty when all are.
std::string_view why_one_session(const App& app) noexcept;

}  // namespace latchkey::http
