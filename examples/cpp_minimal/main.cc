// The smallest use of the library: a session is made, recognised, listed and ended.
#include <filesystem>
#include <iostream>
#include <string>

#include <latchkey/codec/cookie.h>
#include <latchkey/public_url.h>
#include <latchkey/sessions.h>
#include <latchkey/sqlite.h>

namespace {

int fail(const latchkey::Error& error) {
  std::cerr << latchkey::error_name(error.code) << ": " << error.detail << '\n';
  return 1;
}

// run returns 0 when everything was as promised.
int run(const std::string& file) {
  auto store = latchkey::open_sqlite({.path = file});
  if (!store) return fail(store.error());

  auto url = latchkey::PublicUrl::parse("http://localhost:8080");
  if (!url) return fail(url.error());

  auto sessions = latchkey::Sessions::open(**store, {.cookie = url->cookie()});
  if (!sessions) return fail(sessions.error());

  // After your own check of who it is: a login.
  auto login = (*sessions)->create(latchkey::UserId{42}, {.attributes = R"({"theme": "dark"})"});
  if (!login) return fail(login.error());
  auto cookies = latchkey::CookieWriter::make(url->cookie());
  if (!cookies) return fail(cookies.error());
  auto header = cookies->write(login->token.reveal(), login->record.absolute_expires_at,
                               latchkey::system_clock().now());
  if (!header) return fail(header.error());
  std::cout << "Set-Cookie: session-8080=<token>" << header->substr(header->find(';')) << '\n';

  // With every request: what does its Cookie header say?
  const std::string line = header->substr(0, header->find(';'));
  const std::string_view lines[] = {line};
  const auto cookie = latchkey::find_cookie(lines, url->cookie().name);
  auto visit = (*sessions)->validate(cookie.value);
  if (!visit) return fail(visit.error());  // the store failed: answer 503, leave the cookie alone
  if (visit->state != latchkey::SessionState::active) return 1;  // answer 401 or show the log-in
  std::cout << "user " << visit->session->user_id.text() << " with " << visit->session->attributes
            << '\n';

  // Log-out.
  auto ended = (*sessions)->revoke(visit->session->id);
  if (!ended) return fail(ended.error());
  auto after = (*sessions)->validate(cookie.value);
  if (!after) return fail(after.error());
  std::cout << "after the log-out: " << latchkey::session_state_name(after->state) << '\n';
  return after->state == latchkey::SessionState::revoked ? 0 : 1;
}

}  // namespace

int main() {
  const auto folder = std::filesystem::temp_directory_path() / "latchkey_cpp_minimal";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  const int status = run((folder / "sessions.db").string());
  std::filesystem::remove_all(folder);
  return status;
}
