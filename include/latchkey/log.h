#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

// What the library reports while it works. By default nothing is written.
namespace latchkey {

// The library reports events such as a refused cookie, a store failure or a log-in. By default
// nothing is written. To receive them, install one function:
//
//   latchkey::set_log_sink([](latchkey::LogLevel level, std::string_view event,
//                             std::initializer_list<latchkey::LogField> fields) {
//     if (level >= latchkey::LogLevel::warn) my_logger.warn(event, fields);
//   });

enum class LogLevel : std::uint8_t { debug, info, warn, error };

// LogField is one name and value of a log line. Values never hold tokens, secrets or passwords.
struct LogField {
  std::string_view name;
  std::string_view value;
};

// LogSink takes events; `event` is a stable snake_case name. Thread-safe, must not block for long,
// and a failing sink changes nothing else (R181 of docs/requirements.md).
using LogSink = void (*)(LogLevel level, std::string_view event,
                         std::initializer_list<LogField> fields);

// set_log_sink replaces the process-wide sink; nullptr (the default) drops everything.
void set_log_sink(LogSink sink) noexcept;

}  // namespace latchkey
