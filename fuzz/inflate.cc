// Expanding stays within its limit, and does not depend on it below.

#include "codec/seal/inflate.h"

#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using latchkey::fuzz::require;
  const std::string_view text = latchkey::fuzz::as_text(data, size);
  const auto small = latchkey::codec::inflate(text, 1000);
  const auto large = latchkey::codec::inflate(text, 100000);
  require(!small || (small->size() <= 1000 && small == large));
  require(!large || large->size() <= 100000);
  require(!large || large->size() > 1000 || small.has_value());
  return 0;
}
