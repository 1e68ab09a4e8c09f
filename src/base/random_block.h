#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "latchkey/result.h"
#include "latchkey/time.h"

namespace latchkey {

// RandomBlock holds random bytes that the kernel has given and nobody has used, so that one system
// call serves several small draws. What lies in memory comes back when a snapshot of a virtual
// machine is resumed twice, and two machines would hand out the same bytes. So the block is small,
// and is thrown away when it is older than kMaxAge or was drawn before a fork (R1, R3). Used bytes
// are wiped. For one thread.
class RandomBlock {
 public:
  static constexpr std::size_t kBytes = 512;
  static constexpr Millis kMaxAge{10};
  // Larger draws go past the block.
  static constexpr std::size_t kMostFromBlock = kBytes / 4;

  // Draw fills `size` bytes with new random ones.
  using Draw = Result<void> (*)(std::uint8_t* out, std::size_t size);

  RandomBlock() = default;
  ~RandomBlock();
  RandomBlock(const RandomBlock&) = delete;
  RandomBlock& operator=(const RandomBlock&) = delete;

  // fill overwrites all of `out`, or fails as `draw` does. `now` is of a clock that counts up.
  Result<void> fill(std::span<std::uint8_t> out, Millis now, unsigned generation, Draw draw);

 private:
  std::array<std::uint8_t, kBytes> bytes_{};
  std::size_t used_ = kBytes;
  Millis drawn_at_{};
  unsigned generation_ = 0;
};

}  // namespace latchkey
