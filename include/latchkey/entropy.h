#pragma once

#include <cstdint>
#include <span>

#include "latchkey/result.h"

// Random bytes for secrets. Tests may replace the source: AuthOptions::entropy.
//
//   std::array<std::uint8_t, 32> bytes{};
//   auto filled = latchkey::system_entropy().fill(bytes);
//   if (!filled) return fail(filled.error().detail);
namespace latchkey {

// Entropy draws random bytes fit for secrets. Thread-safe.
class Entropy {
 public:
  virtual ~Entropy() = default;
  // fill overwrites all of `out`, or fails with Errc::entropy_unavailable and leaves it
  // unspecified.
  virtual Result<void> fill(std::span<std::uint8_t> out) = 0;
};

// system_entropy draws from the kernel (getrandom) in blocks of 512 bytes a thread; bytes handed
// out are wiped from the block. A block is used for 10 ms at most, so that machines resumed from
// one snapshot do not share random bytes for longer, and a forked child draws its own. Lives as
// long as the program.
Entropy& system_entropy() noexcept;

}  // namespace latchkey
