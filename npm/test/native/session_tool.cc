// A C++ program beside a Node one: reads commands from its standard input, one a line, and answers
// each with a line.
//
//   create USER      -> the token
//   validate TOKEN   -> the state, and the user of an active session
//   revoke TOKEN     -> "ended" or "none"
#include <iostream>
#include <sstream>
#include <string>

#include "latchkey/sessions.h"
#include "latchkey/sqlite.h"

namespace {

using latchkey::Error;
using latchkey::Result;
using latchkey::Sessions;
using latchkey::UserId;

Result<std::string> create(Sessions& sessions, const std::string& user) {
  const auto id = UserId::parse(user);
  if (!id) return Error{latchkey::Errc::invalid_argument, "no user"};
  auto made = sessions.create(*id);
  if (!made) return made.error();
  return made->token.reveal();
}

Result<std::string> validate(Sessions& sessions, const std::string& token) {
  auto found = sessions.validate(token, {.touch = false});
  if (!found) return found.error();
  std::string answer{latchkey::session_state_name(found->state)};
  if (found->session) answer += " " + found->session->user_id.text();
  return answer;
}

Result<std::string> revoke(Sessions& sessions, const std::string& token) {
  auto found = sessions.validate(token, {.touch = false});
  if (!found) return found.error();
  if (!found->session) return std::string{"none"};
  auto ended = sessions.revoke(*found->session);
  if (!ended) return ended.error();
  return std::string{*ended ? "ended" : "none"};
}

Result<std::string> answer(Sessions& sessions, const std::string& line) {
  std::istringstream words(line);
  std::string command;
  std::string argument;
  words >> command >> argument;
  if (command == "create") return create(sessions, argument);
  if (command == "validate") return validate(sessions, argument);
  if (command == "revoke") return revoke(sessions, argument);
  return Error{latchkey::Errc::invalid_argument, "no such command"};
}

int fail(const Error& error) {
  std::cerr << latchkey::error_name(error.code) << ": " << error.detail << '\n';
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  auto store = latchkey::open_sqlite({.path = argv[1]});
  if (!store) return fail(store.error());
  auto sessions = Sessions::open(**store, {});
  if (!sessions) return fail(sessions.error());
  for (std::string line; std::getline(std::cin, line);) {
    const Result<std::string> said = answer(**sessions, line);
    if (!said) return fail(said.error());
    std::cout << *said << std::endl;
  }
  return 0;
}
