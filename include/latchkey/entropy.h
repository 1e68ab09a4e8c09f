#pragma once

#include <cstdint>
#include <span>

#include "latchkey/result.h"

namespace latchkey {

// Entropy draws random bytes fit for secrets. Thread-safe.
class Entropy {
 public:
  virtual ~Entropy() = default;
  // fill overwrites all of `out`, or fails with Errc::entropy_unavailable and leaves it
  // unspecified.
  virtual Result<void> fill(std::span<std::uint8_t> out) = 0;
};

// system_entropy draws from the kernel (getrandom) in blocks of 4 KiB a thread; bytes handed out
// are wiped from the block, and a forked child draws a new block. Lives as long as the program.
Entropy& system_entropy() noexcept;

}  // namespace latchkey
