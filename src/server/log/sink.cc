#include "server/log/sink.h"

#include <unistd.h>

#include <atomic>
#include <new>
#include <string>

#include "server/log/line.h"
#include "server/log/line_writer.h"

namespace latchkey::server {
namespace {

std::atomic<LogLevel> g_least{LogLevel::info};
std::atomic<LogFormat> g_format{LogFormat::json};

std::string format_event(LogLevel level, std::string_view event,
                         std::initializer_list<LogField> fields) {
  const UnixTime now = system_clock().now();
  return g_format.load(std::memory_order_relaxed) == LogFormat::json
             ? json_log_line(now, level, event, fields)
             : text_log_line(now, level, event, fields);
}

// Lives as long as the program, because threads may still log while it ends.
LineWriter& writer() {
  static auto* const made = new LineWriter(
      STDERR_FILENO, {.notice = [](std::uint64_t lost) {
        return format_event(LogLevel::warn, "log_lines_lost", {{"lines", std::to_string(lost)}});
      }});
  return *made;
}

void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (level < g_least.load(std::memory_order_relaxed)) return;
  try {
    writer().write(format_event(level, event, fields));
  } catch (const std::bad_alloc&) {
    // A line for which there is no memory must not end the program.
  }
}

}  // namespace

void set_logging(LogLevel least, LogFormat format) {
  g_least.store(least);
  g_format.store(format);
}

void start_logging(LogLevel least, LogFormat format) {
  set_logging(least, format);
  writer();
  set_log_sink(&write);
}

void log_text(std::string_view line) { writer().write(line); }

void flush_log(Millis at_most) { writer().flush(at_most); }

std::uint64_t log_lines_lost() { return writer().lost(); }

}  // namespace latchkey::server
