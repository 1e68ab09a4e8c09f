#include "crypto/unicode.h"

#include <utf8proc.h>

#include <cstddef>

#include "latchkey/secret.h"

namespace latchkey::crypto {
namespace {

const utf8proc_uint8_t* utf8_in(std::string_view text) noexcept {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

// The text may be a password, so utf8proc gets memory that is wiped: utf8proc_map would free its
// own as it is.
std::optional<std::string> map(std::string_view text, int options) {
  if (text.empty()) return std::string();
  const auto flags = static_cast<utf8proc_option_t>(options);
  const auto length = static_cast<utf8proc_ssize_t>(text.size());
  utf8proc_ssize_t points = utf8proc_decompose(utf8_in(text), length, nullptr, 0, flags);
  if (points < 0) return std::nullopt;
  // One more, for the NUL that utf8proc_reencode writes.
  SecretBytes memory((static_cast<std::size_t>(points) + 1) * sizeof(utf8proc_int32_t));
  auto* buffer = reinterpret_cast<utf8proc_int32_t*>(memory.mutable_bytes().data());
  points = utf8proc_decompose(utf8_in(text), length, buffer, points, flags);
  const utf8proc_ssize_t size = points < 0 ? points : utf8proc_reencode(buffer, points, flags);
  if (size < 0) return std::nullopt;
  return std::string(memory.insecure_view().substr(0, static_cast<std::size_t>(size)));
}

}  // namespace

std::optional<std::string> nfc(std::string_view text) {
  return map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

std::optional<std::string> nfkc(std::string_view text) {
  return map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
}

std::optional<std::string> nfkc_casefold(std::string_view text) {
  return map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                       UTF8PROC_IGNORE);
}

bool has_unsafe_name_character(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t used = utf8proc_iterate(
        utf8_in(text) + at, static_cast<utf8proc_ssize_t>(text.size() - at), &point);
    if (used <= 0) return true;
    at += static_cast<std::size_t>(used);
    switch (utf8proc_category(point)) {
      case UTF8PROC_CATEGORY_CC:
      case UTF8PROC_CATEGORY_CF:
      case UTF8PROC_CATEGORY_CS:
      case UTF8PROC_CATEGORY_CO:
      case UTF8PROC_CATEGORY_CN:
      case UTF8PROC_CATEGORY_ZS:
      case UTF8PROC_CATEGORY_ZL:
      case UTF8PROC_CATEGORY_ZP:
        return true;
      default:
        break;
    }
  }
  return false;
}

}  // namespace latchkey::crypto
