#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "latchkey/time.h"

namespace latchkey::server {

// TerminationSignals blocks SIGTERM, SIGINT and SIGHUP, which asks for keys to be read again, so
// that they can be waited for, and ignores SIGPIPE.
class TerminationSignals {
 public:
  TerminationSignals();
  // wait returns the signal that came, or nothing after `at_most`.
  std::optional<int> wait(Millis at_most) const;
};

// allow_open_files raises the limit of open files as far as allowed and returns how many
// connections fit beside the server's own files, at most `wanted`.
std::size_t allow_open_files(std::size_t wanted);

// keep_memory_small makes the allocator give large blocks back at once: the 19 MiB a password hash
// takes would otherwise stay with the process for good.
void keep_memory_small();

// keep_memory_private keeps what the process holds (keys, passwords, tokens) from leaving it: no
// core file, no debugger and no reader of /proc/PID/mem of the same user. Files made from then on
// are for their owner alone.
void keep_memory_private();

// forget_environment overwrites the values of LATCHKEY_* and SESSION_SECRET, which anybody of the
// same user could read in /proc/PID/environ. Call it once they have been read, before threads start
// that read the environment.
void forget_environment();

// notify_service_manager tells systemd, when it asked to be told ("READY=1", "STOPPING=1"). Waits a
// second at most for a service manager that does not listen.
void notify_service_manager(std::string_view state);

// notify_reloading tells it that settings are read again; READY=1 ends that.
void notify_reloading();

// hold_standard_files opens /dev/null for each of the files 0, 1 and 2 that is closed. Otherwise a
// socket or the database would get the number, and log lines would be written into it.
void hold_standard_files();

}  // namespace latchkey::server
