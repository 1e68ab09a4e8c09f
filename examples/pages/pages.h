#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <latchkey/auth_session.h>

// The HTML of the C++ examples. Nothing in here decides anything.
namespace pages {

// Form is what a log-in or sign-up form shows.
struct Form {
  bool sign_up = false;
  std::string username{};  // as typed before
  std::string problem{};   // what was wrong with it
  std::string next{};      // where to go afterwards
};

std::string one_more_in_cart(const latchkey::AuthSession& session);
std::string home(latchkey::AuthSession& session);
std::string form(const latchkey::AuthSession& session, const Form& form);
std::string training(latchkey::AuthSession& session);
std::string devices(const latchkey::AuthSession& session,
                    const std::vector<latchkey::Device>& devices);

// fail tells why the program cannot start, and returns what main returns.
int fail(const latchkey::Error& error);

// caching is the Cache-Control of /latchkey.js. `target` is what was asked for: with its version
// the script may be kept for good.
std::string caching(std::string_view target);

// me is the JSON that says who is signed in.
std::string me(const latchkey::AuthSession& session);

}  // namespace pages
