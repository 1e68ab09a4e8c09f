#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/log.h"
#include "latchkey/time.h"

namespace latchkey::server {

inline constexpr std::size_t kMaxLogValueBytes = 512;

// json_log_line and text_log_line write one line without its end. Whatever a value holds, the line
// stays one line of printable UTF-8: control characters, U+2028 and U+2029 are escaped, bytes that
// are not UTF-8 become '?', values are cut at kMaxLogValueBytes.
std::string json_log_line(UnixTime now, LogLevel level, std::string_view event,
                          std::initializer_list<LogField> fields);
std::string text_log_line(UnixTime now, LogLevel level, std::string_view event,
                          std::initializer_list<LogField> fields);

}  // namespace latchkey::server
