#pragma once

#include <cstdint>
#include <span>

#include "latchkey/entropy.h"

namespace latchkey::testing {

// CountingEntropy hands out 0, 1, 2, ...: for vectors that must not change.
class CountingEntropy final : public Entropy {
 public:
  Result<void> fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = next_++;
    return {};
  }

 private:
  std::uint8_t next_ = 0;
};

}  // namespace latchkey::testing
