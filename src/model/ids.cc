#include "latchkey/ids.h"

#include <algorithm>

#include "base/utf8.h"
#include "base/base64url.h"

namespace latchkey {
namespace {

// Most ids are plain, and a copy out of the cache is parsed at every request.
bool is_printable_ascii(std::string_view text) noexcept {
  unsigned outside = 0;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    outside |= static_cast<unsigned>(octet < 0x20 || octet > 0x7e);
  }
  return outside == 0;
}

}  // namespace

std::optional<SessionId> SessionId::parse(std::string_view text) noexcept {
  const bool opaque = text.size() == kOpaqueLength && text.starts_with("lko_");
  if (text.size() != kLength && !opaque) return std::nullopt;
  if (!is_base64url(text)) return std::nullopt;
  SessionId id;
  std::copy(text.begin(), text.end(), id.text_.begin());
  id.size_ = static_cast<std::uint8_t>(text.size());
  return id;
}

std::optional<UserId> UserId::parse(std::string_view text) {
  if (text.empty() || text.size() > 255) return std::nullopt;
  if (!is_printable_ascii(text) && (!is_utf8(text) || has_control(text))) return std::nullopt;
  UserId id;
  id.text_ = text;
  return id;
}

}  // namespace latchkey
