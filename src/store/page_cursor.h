#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "latchkey/ids.h"
#include "latchkey/time.h"

namespace latchkey {

// PageCursor names the last record of a page of list_user, as `created_at "." id`: the next page
// begins behind it, whatever was inserted or removed meanwhile.
using PageCursor = std::pair<UnixTime, SessionId>;

inline std::string format_cursor(const PageCursor& last) {
  return std::to_string(to_unix_millis(last.first)) + '.' + std::string{last.second.text()};
}

// parse_cursor returns nothing unless `text` could be the end of a page.
inline std::optional<PageCursor> parse_cursor(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  std::int64_t millis = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + dot, millis);
  if (error != std::errc{} || end != text.data() + dot) return std::nullopt;
  const std::optional<SessionId> id = SessionId::parse(text.substr(dot + 1));
  if (!id) return std::nullopt;
  return PageCursor{from_unix_millis(millis), *id};
}

}  // namespace latchkey
