#pragma once

namespace latchkey::cli {

// run_program is main: it parses the command line, runs the subcommand and returns the exit code, 0
// when all went well, 1 when the operation failed, 2 when the command line or configuration is
// wrong.
int run_program(int argc, char** argv);

}  // namespace latchkey::cli
