#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "latchkey/open_store.h"
#include "store/store_url.h"

namespace latchkey {
namespace {

// Octets of a text that are not to be shown: from, to.
using Hidden = std::vector<std::pair<std::size_t, std::size_t>>;

constexpr std::size_t kNowhere = std::string_view::npos;

// are_hosts tells whether `text` is HOST[:PORT], one or several, and thus holds no password.
bool are_hosts(std::string_view text) noexcept {
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view host = text.substr(0, comma);
    if (host.starts_with('[')) host.remove_prefix(std::min(host.find(']'), host.size()));
    const std::size_t colon = std::min(host.find(':'), host.size());
    const std::string_view port = host.substr(std::min(colon + 1, host.size()));
    if (!std::all_of(port.begin(), port.end(), is_digit)) return false;
    if (comma == text.size()) return true;
    text.remove_prefix(comma + 1);
  }
}

// The password stands between the first colon and the last '@': whatever is in it that should have
// been escaped, nothing of it is behind the last one.
void hide_user(std::string_view text, Hidden& hidden) {
  const std::size_t slashes = text.find("://");
  const std::string scheme = ascii_lower(store::scheme_of(text));
  if (slashes == kNowhere && (scheme == "sqlite" || scheme == "memory")) return;
  const std::size_t begin = slashes == kNowhere ? 0 : slashes + 3;
  const std::size_t colon = text.find(':', begin);
  if (colon == kNowhere) return;
  const std::size_t at = text.rfind('@');
  if (at != kNowhere && at > colon) {
    hidden.emplace_back(colon + 1, at);
  } else if (slashes != kNowhere) {
    const std::string_view authority = text.substr(begin, text.find_first_of("/?#", begin) - begin);
    if (colon < begin + authority.size() && !are_hosts(authority)) {
      hidden.emplace_back(colon + 1, text.size());  // a host was forgotten behind the password
    }
  }
}

// parameter_name decodes and folds the name of a parameter.
std::string parameter_name(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low >= 0) i += 2;
    name += low >= 0 ? static_cast<char>(high * 16 + low) : text[i];
  }
  return ascii_lower(name);
}

// `listen` is a URL of its own, with a password perhaps.
bool is_secret_name(std::string_view name) noexcept {
  if (name.ends_with("file")) return false;  // only says where the secret is
  constexpr std::array<std::string_view, 4> kWhole{"pass", "auth", "listen", "sslkey"};
  constexpr std::array<std::string_view, 5> kPart{"password", "passwd", "pwd", "secret", "token"};
  return std::find(kWhole.begin(), kWhole.end(), name) != kWhole.end() ||
         std::any_of(kPart.begin(), kPart.end(),
                     [&](std::string_view part) { return name.find(part) != kNowhere; });
}

// value_end returns where a hidden value ends at the earliest that is certain. Of a URL that is the
// next NAME=VALUE: an '&' without a name behind it may be part of the password. libpq's other form
// has quotes and blanks, so there the rest is hidden.
std::size_t value_end(std::string_view text, std::size_t from, bool url) noexcept {
  if (!url) return text.size();
  for (std::size_t next = text.find('&', from); next != kNowhere; next = text.find('&', next + 1)) {
    const std::size_t following = std::min(text.find('&', next + 1), text.size());
    if (text.substr(next, following - next).find('=') != kNowhere) return next;
  }
  return text.size();
}

void hide_parameters(std::string_view text, Hidden& hidden) {
  constexpr std::string_view kBefore = "?&; \t\r\n";
  const bool url = text.find_first_of("?&") != kNowhere || text.find("://") != kNowhere;
  for (std::size_t equals = text.find('='); equals != kNowhere;
       equals = text.find('=', equals + 1)) {
    std::string_view name = text.substr(0, equals);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    const std::size_t before = name.find_last_of(kBefore);
    if (before != kNowhere) name.remove_prefix(before + 1);
    if (!is_secret_name(parameter_name(name))) continue;
    hidden.emplace_back(equals + 1, value_end(text, equals + 1, url));
  }
}

}  // namespace

std::string without_password(std::string_view url) {
  Hidden hidden;
  hide_user(url, hidden);
  hide_parameters(url, hidden);
  std::sort(hidden.begin(), hidden.end());
  std::string shown;
  std::size_t done = 0;
  for (const auto& [from, to] : hidden) {
    if (to <= done || to == from) continue;
    if (from >= done) shown.append(url.substr(done, from - done)).append("********");
    done = to;
  }
  return shown.append(url.substr(done));
}

}  // namespace latchkey
