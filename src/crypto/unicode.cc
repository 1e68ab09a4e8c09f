#include "crypto/unicode.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

namespace latchkey::crypto {
namespace {

const utf8proc_uint8_t* utf8_in(std::string_view text) noexcept {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

std::optional<std::string> map(std::string_view text, int options) {
  if (text.empty()) return std::string();
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(utf8_in(text), static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                   static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, void (*)(void*)> owner(mapped, std::free);
  if (size < 0) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size));
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
