// Whatever name, path, domain and value are asked for: a cookie that is written is one line, starts
// with its name, and gives the value back to whoever reads it.

#include <string>
#include <vector>

#include "fuzz/fuzz.h"
#include "latchkey/codec/cookie.h"

using latchkey::fuzz::require;

namespace {

std::string take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  std::string line{rest.substr(0, end)};
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

void check_line(const std::string& line, const std::string& name) {
  require(line.starts_with(name + '='));
  for (const char c : line) require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const unsigned flags = data[0];
  std::string_view rest = latchkey::fuzz::as_text(data + 1, size - 1);
  latchkey::CookieOptions options;
  options.name = take_line(rest);
  options.path = take_line(rest);
  options.domain = take_line(rest);
  options.secure = (flags & 1) != 0;
  options.http_only = (flags & 2) != 0;
  options.same_site = static_cast<latchkey::SameSite>((flags >> 2) % 3);
  options.partitioned = (flags & 16) != 0;
  const std::string value{rest};
  const auto writer = latchkey::CookieWriter::make(options);
  if (!writer) return 0;
  check_line(writer->blank(), options.name);
  const auto now = latchkey::from_unix_millis(1'763'683'200'000);
  const auto written = writer->write(value, now + std::chrono::hours{1}, now);
  if (!written) return 0;
  check_line(*written, options.name);
  const std::string pair = written->substr(0, written->find(';'));
  const std::string_view lines[] = {pair};
  const latchkey::CookieMatch match = latchkey::find_cookie(lines, options.name);
  require(match.state == latchkey::CookieMatch::State::found && match.value == value);
  return 0;
}
