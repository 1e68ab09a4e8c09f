#pragma once

#include <atomic>
#include <thread>

#include "server/process.h"

namespace latchkey::server {

// EndAtOnce waits on a thread of its own for SIGTERM or SIGINT and then ends the process at once
// with `exit_code`, whatever everybody else is doing: opening a store that hangs, a drain, a last
// write. Meant for the time before the server runs, and after the first signal; nobody else may
// wait for signals meanwhile. The destructor ends the wait.
class EndAtOnce {
 public:
  EndAtOnce(const TerminationSignals& signals, int exit_code);
  ~EndAtOnce();
  EndAtOnce(const EndAtOnce&) = delete;
  EndAtOnce& operator=(const EndAtOnce&) = delete;

 private:
  void run() const;

  const TerminationSignals& signals_;
  const int exit_code_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace latchkey::server
