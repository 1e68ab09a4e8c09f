// Wherever safe_redirect leads, it is a path of this origin that a Location can hold, and it stays
// where it is when it is asked again.

#include "fuzz/fuzz.h"
#include "latchkey/safe_redirect.h"

using latchkey::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = latchkey::fuzz::as_text(data, size);
  const std::string target = latchkey::guard::safe_redirect(text, "/fallback");
  require(target.starts_with('/') && target.size() <= 2048);
  require(target.size() == 1 || (target[1] != '/' && target[1] != '\\'));
  for (const char c : target) require(c > 0x20 && c < 0x7f && c != '\\');
  require(latchkey::guard::safe_redirect(target, "/fallback") == target);
  return 0;
}
