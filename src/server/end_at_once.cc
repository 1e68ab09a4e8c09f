#include "server/end_at_once.h"

#include <signal.h>
#include <unistd.h>

#include "base/log.h"
#include "server/log/sink.h"

namespace latchkey::server {
namespace {

constexpr Millis kPoll{10};        // the destructor waits as long
constexpr Millis kLastLines{100};  // for the log, whose reader may be stuck

}  // namespace

EndAtOnce::EndAtOnce(const TerminationSignals& signals, int exit_code)
    : signals_(signals), exit_code_(exit_code), thread_([this] { run(); }) {}

EndAtOnce::~EndAtOnce() {
  stopping_ = true;
  thread_.join();
}

void EndAtOnce::run() const {
  while (!stopping_) {
    const auto told = signals_.wait(kPoll);
    if (!told || *told == SIGHUP) continue;
    log(LogLevel::warn, "stopped_at_once");
    flush_log(kLastLines);
    ::_exit(exit_code_);
  }
}

}  // namespace latchkey::server
