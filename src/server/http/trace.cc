#include "server/http/trace.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "base/text.h"
#include "latchkey/entropy.h"

namespace latchkey::server {
namespace {

constexpr std::size_t kLeast = 8;

bool is_id_character(char c) noexcept {
  return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
}

bool is_lower_hex(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_trace_part(std::string_view text) noexcept {
  return is_lower_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

void write_hex(std::uint64_t number, char* out) noexcept {
  for (int digit = 15; digit >= 0; --digit, number >>= 4)
    out[digit] = "0123456789abcdef"[number & 15];
}

}  // namespace

bool RequestId::take(std::string_view given) noexcept {
  const bool fine = given.size() >= kLeast && given.size() <= kMost &&
                    std::all_of(given.begin(), given.end(), is_id_character);
  if (!fine) return false;
  given.copy(text_.data(), kMost);
  size_ = static_cast<std::uint8_t>(given.size());
  return true;
}

// Without entropy the ids of two processes may be the same, which only makes a log harder to read.
RequestIds::RequestIds() {
  std::array<std::uint8_t, 16> random{};
  (void)system_entropy().fill(random);
  std::memcpy(&process_, random.data(), sizeof process_);
  std::memcpy(&count_, random.data() + sizeof process_, sizeof count_);
}

RequestId RequestIds::next() noexcept {
  RequestId id;
  write_hex(process_, id.text_.data());
  write_hex(++count_, id.text_.data() + 16);
  id.size_ = 32;
  return id;
}

// version "-" trace-id "-" parent-id "-" flags; a later version may go on after a further "-".
std::optional<TraceParent> parse_traceparent(std::string_view header) noexcept {
  constexpr std::size_t kSize = 55;
  if (header.size() < kSize || header[2] != '-' || header[35] != '-' || header[52] != '-') {
    return std::nullopt;
  }
  const std::string_view version = header.substr(0, 2);
  if (!is_lower_hex(version) || version == "ff") return std::nullopt;
  if (header.size() > kSize && (version == "00" || header[kSize] != '-')) return std::nullopt;
  const TraceParent parsed{header.substr(3, 32), header.substr(36, 16)};
  if (!is_trace_part(parsed.trace_id) || !is_trace_part(parsed.parent_id)) return std::nullopt;
  if (!is_lower_hex(header.substr(53, 2))) return std::nullopt;
  return parsed;
}

}  // namespace latchkey::server
