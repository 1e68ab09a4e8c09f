#pragma once

#include "server/settings/config.h"

namespace latchkey::server {

// Exit codes of the program.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

// serve runs the server until SIGTERM or SIGINT and returns the exit code. Prints the address to
// open on standard output, one line on standard error when it cannot start, and logs there. Blocks
// those two signals for the calling thread and all threads made later.
int serve(const Config& config);

}  // namespace latchkey::server
