// What find_cookie finds lies inside a line, holds no separator, and is found again when it stands
// alone.

#include "latchkey/codec/cookie.h"

#include <string>
#include <vector>

#include "codec/cookie/chunks.h"
#include "fuzz/fuzz.h"

using latchkey::CookieMatch;
using latchkey::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kName = "session";
  std::string_view rest = latchkey::fuzz::as_text(data, size);
  std::vector<std::string_view> lines;
  while (lines.size() < 8) {
    const std::size_t end = rest.find('\n');
    lines.push_back(rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  const CookieMatch match = latchkey::find_cookie(lines, kName);
  if (match.state == CookieMatch::State::found) {
    require(match.value.find(';') == std::string_view::npos);
    const std::string alone = std::string{kName} + '=' + std::string{match.value};
    const std::string_view alone_lines[] = {alone};
    const CookieMatch again = latchkey::find_cookie(alone_lines, kName);
    require(again.state == CookieMatch::State::found && again.value == match.value);
    require(latchkey::codec::read_chunked(lines, kName) == std::string{match.value});
  } else {
    require(match.value.empty());
  }
  return 0;
}
