#include "server/log/line.h"

#include <array>
#include <cstdio>

#include "base/utf8.h"
#include "codec/text/time_text.h"

namespace latchkey::server {
namespace {

std::string_view level_name(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

void append_code_unit(std::string& out, unsigned unit) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "\\u%04x", unit & 0xffffU);
  out.append(text.data());
}

// Length of the code point at `at`, 0 when it is not UTF-8.
std::size_t code_point_length(std::string_view text, std::size_t at) noexcept {
  for (std::size_t length = 1; length <= 4 && at + length <= text.size(); ++length) {
    const auto points = count_code_points(text.substr(at, length));
    if (points && *points == 1) return length;
  }
  return 0;
}

void append_quoted_value(std::string& out, std::string_view value) {
  out.push_back('"');
  const std::size_t end = std::min(value.size(), kMaxLogValueBytes);
  for (std::size_t at = 0; at < end;) {
    const std::size_t length = code_point_length(value, at);
    const std::string_view point = value.substr(at, length);
    const auto byte = static_cast<unsigned char>(value[at]);
    at += length == 0 ? 1 : length;
    if (length == 0) {
      out.push_back('?');
    } else if (point == "\"" || point == "\\") {
      out.append("\\").append(point);
    } else if (byte < 0x20 || byte == 0x7f) {
      append_code_unit(out, byte);
    } else if (length == 2 && has_control(point)) {
      append_code_unit(out, static_cast<unsigned char>(point[1]));
    } else if (point == "\xe2\x80\xa8" || point == "\xe2\x80\xa9") {
      append_code_unit(out, point[2] == '\xa8' ? 0x2028 : 0x2029);
    } else {
      out.append(point);
    }
  }
  if (value.size() > end) out.append("...");
  out.push_back('"');
}

}  // namespace

std::string json_log_line(UnixTime now, LogLevel level, std::string_view event,
                          std::initializer_list<LogField> fields) {
  std::string out = R"({"time":")";
  out.append(codec::rfc3339(now)).append(R"(","level":")").append(level_name(level));
  out.append(R"(","event":)");
  append_quoted_value(out, event);
  for (const LogField& field : fields) {
    out.push_back(',');
    append_quoted_value(out, field.name);
    out.push_back(':');
    append_quoted_value(out, field.value);
  }
  return out.append("}");
}

std::string text_log_line(UnixTime now, LogLevel level, std::string_view event,
                          std::initializer_list<LogField> fields) {
  std::string out = codec::rfc3339(now);
  out.append(" ").append(level_name(level)).append(" ").append(event);
  for (const LogField& field : fields) {
    out.append(" ").append(field.name).append("=");
    append_quoted_value(out, field.value);
  }
  return out;
}

}  // namespace latchkey::server
