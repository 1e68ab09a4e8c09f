#include "codec/seal/iron_session.h"

#include <charconv>
#include <cstdint>
#include <system_error>

#include "codec/json/text.h"

namespace latchkey::codec {

IronCookie split_iron_cookie(std::string_view value) noexcept {
  const std::size_t tilde = value.find('~');
  if (tilde == std::string_view::npos) return {value, 0};
  std::string_view number = value.substr(tilde + 1);
  number.remove_prefix(std::min(number.find_first_not_of(" \t\r\n"), number.size()));
  if (number.starts_with('+')) number.remove_prefix(1);
  int version = 0;
  std::from_chars(number.data(), number.data() + number.size(), version);
  return {value.substr(0, tilde), version};
}

std::string iron_session_value(std::string_view json) {
  const auto value = scan_json(json);
  return value && value->kind == JsonKind::null ? "{}" : std::string{json};
}

std::string unwrap_persistent(std::string_view json) {
  const auto object = JsonObject::parse(json);
  const JsonValue* persistent = object ? object->find("persistent") : nullptr;
  if (persistent == nullptr || persistent->kind != JsonKind::object) return "{}";
  return std::string{persistent->text};
}

std::string_view iron_session_reason(SealReason reason) noexcept {
  switch (reason) {
    case SealReason::expired:
      return "expired";
    case SealReason::unknown_password:
      return "unknown-password";
    default:
      return "invalid";
  }
}

std::optional<std::size_t> iron_session_primary(const std::vector<std::string_view>& ids) noexcept {
  std::optional<std::size_t> primary;
  std::int64_t greatest = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    std::int64_t number = 0;
    const char* const end = ids[i].data() + ids[i].size();
    const auto read = std::from_chars(ids[i].data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    if (!primary || number > greatest) {
      primary = i;
      greatest = number;
    }
  }
  return primary;
}

}  // namespace latchkey::codec
