#include "cli/config_input.h"

#include <unistd.h>

#include <set>

#include "latchkey/open_store.h"

extern char** environ;  // POSIX: no header declares it

namespace latchkey::cli {
namespace {

std::vector<std::string> environment() {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) all.emplace_back(*entry);
  return all;
}

}  // namespace

Result<ConfigSources> ConfigSources::read(const std::string& file,
                                          const std::vector<FlagValue>& flags) {
  ConfigSources sources;
  sources.file_ = file;
  if (Result<void> read = server::read_environment(environment(), sources.fixed_); !read) {
    return read.error();
  }
  std::set<std::string> given;
  for (const FlagValue& flag : flags) {
    if (!given.insert(flag.key).second) {
      return Error{Errc::bad_config, flag.flag + ": " + without_password(flag.key) +
                                         " is given twice on the command line: give it once"};
    }
    Result<void> read = server::set_from_flag(flag.flag, flag.key, flag.text, sources.fixed_);
    if (!read) return read.error();
  }
  return sources;
}

Result<server::Config> ConfigSources::load() const {
  server::SourcedValues values;
  if (!file_.empty()) {
    if (Result<void> read = server::read_config_file(file_, values); !read) return read.error();
  }
  for (const auto& [key, value] : fixed_) values[key] = value;
  return server::load_config(values);
}

Result<server::Config> read_config(const std::string& file, const std::vector<FlagValue>& flags) {
  const Result<ConfigSources> sources = ConfigSources::read(file, flags);
  return sources ? sources->load() : sources.error();
}

}  // namespace latchkey::cli
