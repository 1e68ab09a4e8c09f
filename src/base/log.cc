#include "base/log.h"

#include <atomic>

namespace latchkey {
namespace {
std::atomic<LogSink> g_sink{nullptr};
}

void set_log_sink(LogSink sink) noexcept { g_sink.store(sink, std::memory_order_release); }

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) noexcept {
  if (LogSink sink = g_sink.load(std::memory_order_acquire)) sink(level, event, fields);
}

}  // namespace latchkey
