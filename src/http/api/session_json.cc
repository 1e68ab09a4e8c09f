#include "http/api/session_json.h"

#include <algorithm>
#include <charconv>

#include "base/utf8.h"
#include "codec/json/json.h"
#include "codec/text/time_text.h"
#include "http/device.h"

namespace latchkey::http {
namespace {

void append_time(std::string& out, std::string_view head, UnixTime time) {
  codec::append_rfc3339(out.append(head), time);
}

}  // namespace

std::int64_t seconds_left(const SessionRecord& record, UnixTime now) noexcept {
  const UnixTime end = std::min(record.idle_expires_at, record.absolute_expires_at);
  return std::max<std::int64_t>(0, (end - now).count() / 1000);
}

void append_text(std::string& out, std::string_view text) {
  // Nearly every text is of these characters and needs no second look.
  const auto plain = [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; };
  if (std::all_of(text.begin(), text.end(), plain)) {
    out.append("\"").append(text).append("\"");
    return;
  }
  if (is_utf8(text)) return codec::append_json_string(out, text);
  codec::append_json_string(out, clean_line(text, text.size()));
}

void append_session(std::string& out, const SessionRecord& record, UnixTime now,
                    const SessionJson& options) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, seconds_left(record, now)).ptr;
  out.append("{\"id\":\"").append(record.id.text());
  char revision[24];
  out.append("\",\"revision\":")
      .append(revision, std::to_chars(revision, revision + sizeof revision, record.revision()).ptr);
  append_time(out, ",\"created_at\":\"", record.created_at);
  append_time(out, "\",\"last_seen_at\":\"", record.last_seen_at);
  append_time(out, "\",\"idle_expires_at\":\"", record.idle_expires_at);
  append_time(out, "\",\"absolute_expires_at\":\"", record.absolute_expires_at);
  out.append("\",\"expires_in\":").append(digits, end);
  out.append(options.current ? ",\"current\":true" : ",\"current\":false");
  out.append(record.binding.empty() ? ",\"bound\":false" : ",\"bound\":true");
  if (options.device) {
    out.append(",\"device\":");
    append_text(out, describe_device(record.user_agent));
    out.append(",\"user_agent\":");
    append_text(out, record.user_agent);
    out.append(",\"address\":");
    append_text(out, record.address);
  }
  out += '}';
}

std::string session_and_user_json(const SessionRecord& record, const User* user, UnixTime now) {
  std::string out;
  out.reserve(384);
  if (record.user_id.empty()) {
    out.append("{\"user\":null");
  } else {
    out.append("{\"user\":{\"id\":");
    append_text(out, record.user_id.text());
    out.append(",\"username\":");
    if (user != nullptr) {
      append_text(out, user->username);
    } else {
      out.append("null");
    }
    out += '}';
  }
  out.append(",\"session\":");
  append_session(out, record, now, {.current = true});
  out.append("}\n");
  return out;
}

std::string verify_json(const SessionRecord* record, const User* user, UnixTime now) {
  if (record == nullptr) return "{\"subject\":\"\",\"extra\":{}}\n";
  std::string out = "{\"subject\":";
  append_text(out, record->user_id.text());
  out.append(",\"extra\":").append(session_and_user_json(*record, user, now));
  out.back() = '}';  // in the place of the line end
  return out.append("\n");
}

}  // namespace latchkey::http
