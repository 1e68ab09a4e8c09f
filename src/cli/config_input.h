#pragma once

#include <string>
#include <vector>

#include "latchkey/result.h"
#include "server/settings/config.h"
#include "server/settings/load_config.h"

namespace latchkey::cli {

// FlagValue is a setting given on the command line.
struct FlagValue {
  std::string flag;
  std::string key;
  std::string text;
};

// ConfigSources are where the settings of a program come from. The environment and the flags are
// those of its start; a configuration file can be read again.
class ConfigSources {
 public:
  // read reads the environment and `flags`, which win over it and over `file` (empty: none). Two
  // flags for one key are refused: which of them was meant cannot be known.
  static Result<ConfigSources> read(const std::string& file, const std::vector<FlagValue>& flags);
  // load reads the file and returns the settings in force.
  Result<server::Config> load() const;

 private:
  std::string file_;
  server::SourcedValues fixed_;
};

// read_config reads `file` (empty: none), the environment, then `flags`; what comes later wins.
Result<server::Config> read_config(const std::string& file, const std::vector<FlagValue>& flags);

}  // namespace latchkey::cli
