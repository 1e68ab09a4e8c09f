#include "cli/program.h"

#include "cli/command.h"
#include "server/process.h"
#include "server/serve.h"

namespace latchkey::cli {

int run_program(int argc, char** argv) {
  server::hold_standard_files();
  CLI::App program{"Sessions for the web: log-in, log-out, and who is there.", "latchkey"};
  program.require_subcommand(1);
  Action action;
  add_serve(program, action);
  add_seal(program, action);
  add_unseal(program, action);
  add_jwt(program, action);
  add_inspect(program, action);
  add_key(program, action);
  add_migrate(program, action);
  add_version(program, action);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = program.exit(error);  // prints help, version or what is wrong
    return code == 0 ? server::kExitOk : server::kExitUsage;
  }
  return action();
}

}  // namespace latchkey::cli
