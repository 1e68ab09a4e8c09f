#include "http/api/json_out.h"

#include "codec/text/time_text.h"
#include "http/api/session_json.h"

namespace latchkey::http {

std::string& JsonOut::begin(std::string_view name) {
  if (out_.size() > 1) out_ += ',';
  return out_.append("\"").append(name).append("\":");
}

JsonOut& JsonOut::text(std::string_view name, std::string_view value) {
  append_text(begin(name), value);
  return *this;
}

JsonOut& JsonOut::time(std::string_view name, UnixTime value) {
  if (value == UnixTime{}) return null(name);
  codec::append_rfc3339(begin(name) += '"', value);
  out_ += '"';
  return *this;
}

JsonOut& JsonOut::number(std::string_view name, std::int64_t value) {
  begin(name) += std::to_string(value);
  return *this;
}

JsonOut& JsonOut::flag(std::string_view name, bool value) {
  begin(name) += value ? "true" : "false";
  return *this;
}

JsonOut& JsonOut::null(std::string_view name) {
  begin(name) += "null";
  return *this;
}

JsonOut& JsonOut::raw(std::string_view name, std::string_view json) {
  begin(name) += json;
  return *this;
}

}  // namespace latchkey::http
