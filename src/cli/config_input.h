#pragma once

#include <string>
#include <vector>

#include "latchkey/result.h"
#include "server/settings/config.h"

namespace latchkey::cli {

// FlagValue is a setting given on the command line.
struct FlagValue {
  std::string flag;
  std::string key;
  std::string text;
};

// read_config reads `file` (empty: none), the environment, then `flags`; what comes later wins. Two
// flags for one key are refused: which of them was meant cannot be known.
Result<server::Config> read_config(const std::string& file, const std::vector<FlagValue>& flags);

}  // namespace latchkey::cli
