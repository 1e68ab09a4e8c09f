#pragma once

#include "server/settings/config.h"
#include "server/settings/reload.h"

namespace latchkey::server {

// Exit codes of the program.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

// serve runs the server until SIGTERM or SIGINT and returns the exit code. Prints the address to
// open on standard output, one line on standard error when it cannot start, and logs there. Blocks
// those two signals for the calling thread and all threads made later.
// On SIGHUP it reads its settings again with `reread`; what is wrong changes nothing and is logged.
int serve(Config config, const ConfigReader& reread);

}  // namespace latchkey::server
