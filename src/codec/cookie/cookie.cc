// cookie-string = cookie-pair *( ";" OWS cookie-pair )   (RFC 6265bis section 4.2.1, read loosely
// as servers must: blanks around pairs and names are optional)
#include "latchkey/codec/cookie.h"

#include "base/text.h"

namespace latchkey {
CookieMatch find_cookie(std::span<const std::string_view> lines, std::string_view name) noexcept {
  CookieMatch match;
  for (std::string_view line : lines) {
    while (!line.empty()) {
      const std::size_t end = line.find(';');
      const std::string_view pair = line.substr(0, end);
      line = end == std::string_view::npos ? std::string_view{} : line.substr(end + 1);
      const std::size_t equals = pair.find('=');
      if (equals == std::string_view::npos || trim_blanks(pair.substr(0, equals)) != name) continue;
      if (match.state != CookieMatch::State::absent) {
        return {CookieMatch::State::duplicated, {}};
      }
      match = {CookieMatch::State::found, trim_blanks(pair.substr(equals + 1))};
    }
  }
  return match;
}

}  // namespace latchkey
