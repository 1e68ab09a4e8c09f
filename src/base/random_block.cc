#include "base/random_block.h"

#include <algorithm>

#include "latchkey/secret.h"

namespace latchkey {

RandomBlock::~RandomBlock() { wipe(bytes_.data(), bytes_.size()); }

Result<void> RandomBlock::fill(std::span<std::uint8_t> out, Millis now, unsigned generation,
                               Draw draw) {
  if (out.size() > kMostFromBlock) return draw(out.data(), out.size());
  const bool current = generation_ == generation && now >= drawn_at_ && now - drawn_at_ < kMaxAge;
  if (!current || kBytes - used_ < out.size()) {
    used_ = kBytes;  // a failed draw leaves nothing to hand out
    if (Result<void> drawn = draw(bytes_.data(), kBytes); !drawn) return drawn;
    used_ = 0;
    drawn_at_ = now;
    generation_ = generation;
  }
  std::copy_n(bytes_.data() + used_, out.size(), out.data());
  wipe(bytes_.data() + used_, out.size());
  used_ += out.size();
  return {};
}

}  // namespace latchkey
