#include "cli/config_input.h"

#include <unistd.h>

#include <set>

#include "latchkey/open_store.h"
#include "server/settings/load_config.h"

namespace latchkey::cli {
namespace {

std::vector<std::string> environment() {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) all.emplace_back(*entry);
  return all;
}

}  // namespace

Result<server::Config> read_config(const std::string& file, const std::vector<FlagValue>& flags) {
  server::SourcedValues values;
  if (!file.empty()) {
    if (Result<void> read = server::read_config_file(file, values); !read) return read.error();
  }
  if (Result<void> read = server::read_environment(environment(), values); !read) {
    return read.error();
  }
  std::set<std::string> given;
  for (const FlagValue& flag : flags) {
    if (!given.insert(flag.key).second) {
      return Error{Errc::bad_config, flag.flag + ": " + without_password(flag.key) +
                                         " is given twice on the command line: give it once"};
    }
    Result<void> read = server::set_from_flag(flag.flag, flag.key, flag.text, values);
    if (!read) return read.error();
  }
  return server::load_config(values);
}

}  // namespace latchkey::cli
