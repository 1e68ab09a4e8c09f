#include "latchkey/ids.h"

#include <algorithm>

#include "base/base64url.h"
#include "base/utf8.h"

namespace latchkey {
namespace {

// Most ids are plain, and a copy out of the cache is parsed at every request.
bool is_printable_ascii(std::string_view text) noexcept {
  std::uint8_t outside = 0;
  for (const char c : text) {
    const auto from_space = static_cast<std::uint8_t>(c - 0x20);
    outside |= from_space > 0x7e - 0x20 ? std::uint8_t{1} : std::uint8_t{0};
  }
  return outside == 0;
}

}  // namespace

std::optional<SessionId> SessionId::parse(std::string_view text) noexcept {
  const bool opaque = text.size() == kOpaqueLength && text.starts_with("lko_");
  if (text.size() != kLength && !opaque) return std::nullopt;
  if (!is_base64url(text)) return std::nullopt;
  SessionId id;
  if (opaque) {
    std::copy(text.begin(), text.end(), id.text_.begin());
  } else {
    std::copy_n(text.begin(), kLength, id.text_.begin());  // of a known size: no call
  }
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
