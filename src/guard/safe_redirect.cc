#include "latchkey/safe_redirect.h"

#include <optional>

#include "base/text.h"
#include "guard/plain_path.h"
#include "guard/site.h"

namespace latchkey::guard {
namespace {

constexpr std::size_t kMaxTarget = 2048;

bool has_unsafe_byte(std::string_view text) noexcept {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || c == '\\') return true;
  }
  return false;
}

// What a Location header takes as it is; an escape stays one.
bool is_printable(char c) noexcept { return c > 0x20 && c < 0x7f; }

}  // namespace

std::string safe_redirect(std::string_view target, std::string_view fallback) {
  if (target.size() > kMaxTarget || has_unsafe_byte(target)) return std::string(fallback);
  const auto decoded = percent_decode(target);
  if (!decoded || has_unsafe_byte(*decoded)) return std::string(fallback);
  const auto path_of = [](std::string_view text) {
    return text.substr(0, text.find_first_of("?#"));
  };
  if (!has_plain_segments(path_of(target)) || !has_plain_segments(path_of(*decoded))) {
    return std::string(fallback);
  }
  std::string location = percent_encode(target, is_printable);
  return location.size() <= kMaxTarget ? location : std::string(fallback);
}

std::string safe_return(std::string_view target, const PublicUrl& url,
                        std::string_view cookie_domain, std::string_view fallback) {
  if (target.starts_with('/')) return safe_redirect(target, fallback);
  const std::size_t scheme = target.find("://");
  if (scheme == std::string_view::npos) return std::string(fallback);
  const std::size_t slash = target.find_first_of("/?#\\", scheme + 3);
  if (slash == std::string_view::npos || target[slash] != '/') return std::string(fallback);
  if (!url.origin().starts_with(target.substr(0, scheme + 3))) return std::string(fallback);
  const std::string origin =
      site_origin(target.substr(scheme + 3, slash - scheme - 3), url, cookie_domain);
  const std::string path = safe_redirect(target.substr(slash), "");
  return origin.empty() || path.empty() ? std::string(fallback) : origin + path;
}

}  // namespace latchkey::guard
