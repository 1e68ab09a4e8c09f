#pragma once

#include <string>
#include <vector>

#include "tests/cli/run.h"
#include "tests/server/program.h"

namespace latchkey::testing {

inline constexpr const char* kOperatorPassword = "correct horse battery staple";

// walk_operator runs the commands of an operator against the store that two running servers share,
// and expects both to see what they change. `store` are the flags that name it.
void walk_operator(const std::vector<std::string>& store, const Server& first,
                   const Server& second);

// command puts words and the flags of the store together.
std::vector<std::string> command(std::vector<std::string> words,
                                 const std::vector<std::string>& store);

// log_in_at returns the cookie of a log-in; empty when it was refused.
std::string log_in_at(const Server& server, const std::string& username,
                      const std::string& password = kOperatorPassword);

// answers tells whether GET /v1/session comes to answer with that status, within 20 s.
bool answers(const Server& server, const std::string& cookie, int expected);

}  // namespace latchkey::testing
