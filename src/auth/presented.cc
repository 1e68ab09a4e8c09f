#include "auth/presented.h"

#include <algorithm>

#include "codec/cookie/chunks.h"
#include "latchkey/codec/cookie.h"

namespace latchkey::auth {

// find_cookie judges each pair as it does for all of them.
std::vector<std::string_view> all_values(std::span<const std::string_view> lines,
                                         std::string_view name) {
  std::vector<std::string_view> values;
  for (std::string_view line : lines) {
    while (!line.empty()) {
      const std::size_t end = std::min(line.find(';'), line.size());
      const std::string_view pair = line.substr(0, end);
      line.remove_prefix(std::min(end + 1, line.size()));
      const CookieMatch match = find_cookie(std::span(&pair, 1), name);
      if (match.state == CookieMatch::State::found) values.push_back(match.value);
    }
  }
  return values;
}

Presented Presented::from_cookie(const RequestFacts& facts, const Sessions& sessions) {
  Presented presented;
  const auto lines = facts.cookie_lines();
  const SessionsOptions& options = sessions.options();
  if (facts.too_many_cookies()) {
    presented.brought_ = Brought::several;
    return presented;
  }
  const CookieMatch match = find_cookie(lines, options.cookie.name);
  if (match.state == CookieMatch::State::found) {
    presented.brought_ = Brought::one;
    presented.view_ = match.value;
  } else if (match.state == CookieMatch::State::duplicated) {
    presented.brought_ = Brought::several;
  } else if (options.max_chunks > 1) {
    if (auto joined = sessions.read_cookie(lines)) {
      presented.brought_ = Brought::one;
      presented.owned_ = SecretBytes(*joined);
      wipe(joined->data(), joined->size());
    } else if (!codec::stale_chunks(lines, options.cookie.name, {}).empty()) {
      presented.brought_ = Brought::several;
    }
  }
  return presented;
}

Presented Presented::from_bearer(std::string_view token) noexcept {
  Presented presented;
  presented.brought_ = Brought::one;
  presented.view_ = token;
  return presented;
}

void Presented::own() {
  if (brought_ == Brought::one && owned_.empty()) owned_ = SecretBytes(view_);
}

}  // namespace latchkey::auth
