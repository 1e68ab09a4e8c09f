#pragma once

#include <string>

#include "cli/store_input.h"
#include "cli/user/named.h"

namespace latchkey::cli {

// SessionInput is what the commands of `latchkey session` are given.
struct SessionInput {
  StoreInput store{};
  Named named{};
  std::string id{};
  std::string after{};
  std::size_t limit = 0;  // 0: all
  bool json = false;
};

int run_session_list(const SessionInput& input);
int run_session_show(const SessionInput& input);
int run_session_revoke(const SessionInput& input);
int run_session_prune(const SessionInput& input);

}  // namespace latchkey::cli
