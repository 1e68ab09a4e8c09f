#include "latchkey/ids.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/base64url.h"
#include "base/utf8.h"

namespace latchkey {
namespace {

// outside has the high bit of an octet set if one of the eight is not from ' ' to '~'. A carry only
// comes from an octet that is outside itself.
std::uint64_t outside(std::uint64_t octets) noexcept {
  constexpr std::uint64_t kEach = 0x0101'0101'0101'0101U;
  return (octets | (octets + kEach) | (octets - 0x20 * kEach)) & (0x80 * kEach);
}

// Most ids are plain, and a copy out of the cache is parsed at every request: eight at a time.
bool is_printable_ascii(std::string_view text) noexcept {
  std::uint64_t word = 0;
  if (text.size() < sizeof word) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  }
  const std::size_t last = text.size() - sizeof word;
  std::memcpy(&word, text.data() + last, sizeof word);  // some of it perhaps twice
  std::uint64_t found = outside(word);
  for (std::size_t i = 0; i < last; i += sizeof word) {
    std::memcpy(&word, text.data() + i, sizeof word);
    found |= outside(word);
  }
  return found == 0;
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
