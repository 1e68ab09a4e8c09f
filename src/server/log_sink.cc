#include "server/log_sink.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>

#include "server/log_line.h"

namespace latchkey::server {
namespace {

std::atomic<LogLevel> g_least{LogLevel::info};
std::atomic<LogFormat> g_format{LogFormat::json};

// Lives as long as the program, because threads may still log while it ends.
spdlog::logger& logger() {
  static auto* const made = [] {
    auto* logger =
        new spdlog::logger("latchkey", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_pattern("%v");
    logger->set_level(spdlog::level::trace);
    logger->flush_on(spdlog::level::trace);
    logger->set_error_handler([](const std::string&) {});
    return logger;
  }();
  return *made;
}

void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (level < g_least.load(std::memory_order_relaxed)) return;
  const UnixTime now = system_clock().now();
  const std::string line = g_format.load(std::memory_order_relaxed) == LogFormat::json
                               ? json_log_line(now, level, event, fields)
                               : text_log_line(now, level, event, fields);
  logger().info(line);
}

}  // namespace

void start_logging(LogLevel least, LogFormat format) {
  g_least.store(least);
  g_format.store(format);
  logger();
  set_log_sink(&write);
}

}  // namespace latchkey::server
