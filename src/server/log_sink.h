#pragma once

#include "base/log.h"
#include "server/config.h"

namespace latchkey::server {

// start_logging sends log() to standard error, one line an event: JSON {"time", "level", "event",
// fields...} or text. Control characters are escaped and long values cut (R179); a standard error
// that is closed or full loses lines and stops nothing (R181).
void start_logging(LogLevel least, LogFormat format);

}  // namespace latchkey::server
