#include "base/wipe_freed.h"

#include <algorithm>
#include <array>

#include "latchkey/secret.h"

namespace latchkey {

WipeFreed::~WipeFreed() {
  --depth_;
  wipe_stack();
}

[[gnu::noinline]] void wipe_stack() noexcept {
  std::array<unsigned char, 32768> below;
  wipe(below.data(), below.size());
}

void append_wiping(std::string& text, std::string_view more) {
  const std::size_t size = text.size() + more.size();
  if (size > text.capacity()) {
    std::string larger;
    larger.reserve(std::max(size, 2 * text.capacity()));
    larger = text;
    wipe(text.data(), text.size());
    text = std::move(larger);
  }
  text.append(more);
}

}  // namespace latchkey
