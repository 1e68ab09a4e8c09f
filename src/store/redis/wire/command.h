#pragma once

#include <span>
#include <string>
#include <string_view>

namespace latchkey::redis {

inline void append_bulk(std::string& out, std::string_view text) {
  out.append("$").append(std::to_string(text.size())).append("\r\n").append(text).append("\r\n");
}

inline void append_header(std::string& out, std::size_t parts) {
  out.append("*").append(std::to_string(parts)).append("\r\n");
}

// append_command writes one command as Redis reads it: an array of strings.
inline void append_command(std::string& out, std::span<const std::string> parts) {
  append_header(out, parts.size());
  for (const std::string& part : parts) append_bulk(out, part);
}

}  // namespace latchkey::redis
