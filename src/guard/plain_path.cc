#include "guard/plain_path.h"

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"

namespace latchkey::guard {
namespace {

bool is_unescaped(char c) noexcept { return c > 0x20 && c < 0x7f; }

bool is_ambiguous(char c) noexcept { return c == ';' || c == '\\' || c == '?' || c == '#'; }

// has_escape tells whether `text` could be decoded again.
bool has_escape(std::string_view text) noexcept {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] == '%' && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) return true;
  }
  return false;
}

std::ptrdiff_t slashes(std::string_view text) { return std::count(text.begin(), text.end(), '/'); }

}  // namespace

bool has_plain_segments(std::string_view path) noexcept {
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

std::optional<std::string> plain_path(std::string_view path) {
  if (!std::all_of(path.begin(), path.end(), is_unescaped)) return std::nullopt;
  std::optional<std::string> decoded = percent_decode(path);
  if (!decoded || !has_plain_segments(*decoded)) return std::nullopt;
  if (std::any_of(decoded->begin(), decoded->end(), is_ambiguous)) return std::nullopt;
  if (slashes(path) != slashes(*decoded) || has_escape(*decoded)) return std::nullopt;
  if (has_control(*decoded) || !is_utf8(*decoded)) return std::nullopt;
  return decoded;
}

}  // namespace latchkey::guard
