#pragma once

#include <string>
#include <string_view>

#include "auth/problem.h"
#include "auth/request_facts.h"

namespace latchkey::auth {

// LoginPaths are where a site has its log-in page and what comes after a log-in.
struct LoginPaths {
  std::string_view login;
  std::string_view home;
  std::string_view reauth{};  // of who is signed in, but for too long; empty: the log-in page
};

// login_redirect is where a request goes that needs a log-in, with the way back: a person who waits
// for a page is sent there by 303, and everybody else is told `problem`. Empty: no page is waited
// for. `page`: somebody does, also where the headers do not say so.
std::string login_redirect(const RequestFacts& facts, bool page, const Problem& problem,
                           const LoginPaths& paths);

}  // namespace latchkey::auth
