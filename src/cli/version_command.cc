#include <cstdio>

#include "cli/command.h"
#include "server/serve.h"

namespace latchkey::cli {
namespace {
constexpr const char* kVersionLine = "latchkey " LATCHKEY_VERSION;
}

void add_version(CLI::App& program, Action& action) {
  program.set_version_flag("--version", kVersionLine, "Print the version");
  CLI::App* command = program.add_subcommand("version", "Print the version");
  command->callback([&action] {
    action = [] {
      std::puts(kVersionLine);
      return server::kExitOk;
    };
  });
}

}  // namespace latchkey::cli
