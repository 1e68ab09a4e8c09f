#pragma once

#include <string>
#include <string_view>

#include "http/app.h"
#include "http/pages/html.h"

namespace latchkey::http {

// Section tells which entry of the navigation is the page itself.
enum class Section : std::uint8_t { none, home, training, sessions, account, log_in, sign_up };

// Asker is who sees a page, as far as its navigation depends on it.
// A newcomer is a stranger who may sign up.
enum class Asker : std::uint8_t { unknown, stranger, newcomer, user };
inline Asker asker(const App& app) noexcept {
  return app.sign_up_open() ? Asker::newcomer : Asker::stranger;
}
inline Asker asker(const App& app, const AuthSession& session) noexcept {
  return session ? Asker::user : asker(app);
}

// Frame is what surrounds the main part of a page.
struct Frame {
  std::string_view title;
  int status = 200;
  Asker asker = Asker::unknown;  // unknown: no navigation
  Section section = Section::none;
  // Whom the page is shown to, so that its script need not ask. nullptr: the script asks.
  const AuthSession* session = nullptr;
};

Response render_page(const Frame& frame, const Html& main);

// name_of returns the name to greet a signed-in user with; nullptr: the store does not know them.
std::string_view name_of(const AuthSession& session, const User* user) noexcept;

// append_tile leads to another page.
void append_tile(Html& html, std::string_view path, std::string_view title, std::string_view lead);

// append_ended_notice says why a visitor who was logged in is not any more.
void append_ended_notice(Html& html, const AuthSession& session);

// see_other answers 303. `location` is a path of ours.
Response see_other(std::string location);
// go_on answers 303 with where the visitor wanted to go, from safe_return: not below our base path.
Response go_on(const App& app, std::string next);

// not_recent answers a session that does not meet require({.max_auth_age}): its user is asked for
// the password again and comes back to `path`.
Response not_recent(const App& app, const AuthSession& session, std::string_view path);

// to_log_in sends a visitor without a session to the log-in page, and back afterwards. The cookie
// stays for that page to say why.
Response to_log_in(const App& app, std::string_view path);

}  // namespace latchkey::http
