#pragma once

#include <cstdint>
#include <string_view>

#include "base/log.h"
#include "latchkey/time.h"
#include "server/settings/config.h"

namespace latchkey::server {

// start_logging sends log() to standard error, one line an event: JSON {"time", "level", "event",
// fields...} or text. Control characters are escaped and long values cut (R179). The lines go
// through a queue of 1 MiB to a thread of its own: a standard error that is stuck, full, slow or
// closed loses lines and stops nothing (R181). How many were lost is logged as `log_lines_lost`
// once lines are taken again.
void start_logging(LogLevel least, LogFormat format);

// set_logging changes both for the lines that follow.
void set_logging(LogLevel least, LogFormat format);

// log_text writes `line` as it is to standard error, in order with the events. Needs start_logging.
void log_text(std::string_view line);

// flush_log waits until what was logged is written, but not longer than `at_most`.
void flush_log(Millis at_most);

// log_lines_lost returns how many lines could not be written since the start.
std::uint64_t log_lines_lost();

}  // namespace latchkey::server
