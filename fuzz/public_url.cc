// A public URL that is accepted is its own origin, gives a cookie browsers keep, and is https
// unless it is loopback; whatever text counts as its origin names the same scheme and port.

#include "latchkey/public_url.h"

#include "fuzz/fuzz.h"

using latchkey::PublicUrl;
using latchkey::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = latchkey::fuzz::as_text(data, size);
  if (const auto url = PublicUrl::parse(text)) {
    require(url->https() || url->loopback());
    require(url->same_origin(url->origin()));
    const auto again = PublicUrl::parse(url->origin());
    require(again && again->origin() == url->origin() && again->port() == url->port());
    require(latchkey::CookieWriter::make(url->cookie()).has_value());
  }
  for (const char* ours : {"http://localhost:4470", "https://example.com"}) {
    const auto site = PublicUrl::parse(ours);
    if (!site->same_origin(text)) continue;
    const auto other = PublicUrl::parse(text);
    require(other && other->origin() == text);
    require(other->https() == site->https() && other->port() == site->port());
  }
  return 0;
}
