#include "latchkey/safe_redirect.h"

#include <optional>

namespace latchkey::guard {
namespace {

constexpr std::size_t kMaxTarget = 2048;

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// decode undoes percent-encoding once; nothing when it is broken.
std::optional<std::string> decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

bool has_unsafe_byte(std::string_view text) noexcept {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || c == '\\') return true;
  }
  return false;
}

// is_plain_path tells whether every segment of `path` says what it seems to say.
bool is_plain_path(std::string_view path) noexcept {
  if (!path.starts_with('/')) return false;
  path.remove_prefix(1);
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (segment.empty() || segment == "." || segment == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
  return true;
}

std::string encode(std::string_view target) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : target) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

}  // namespace

std::string safe_redirect(std::string_view target, std::string_view fallback) {
  if (target.size() > kMaxTarget || has_unsafe_byte(target)) return std::string(fallback);
  const auto decoded = decode(target);
  if (!decoded || has_unsafe_byte(*decoded)) return std::string(fallback);
  const auto path_of = [](std::string_view text) {
    return text.substr(0, text.find_first_of("?#"));
  };
  if (!is_plain_path(path_of(target)) || !is_plain_path(path_of(*decoded))) {
    return std::string(fallback);
  }
  std::string location = encode(target);
  return location.size() <= kMaxTarget ? location : std::string(fallback);
}

}  // namespace latchkey::guard
