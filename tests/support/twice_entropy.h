#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "latchkey/entropy.h"

namespace latchkey::testing {

// TwiceEntropy draws everything twice over, so that the second of two ids is taken.
class TwiceEntropy final : public Entropy {
 public:
  Result<void> fill(std::span<std::uint8_t> out) override {
    std::fill(out.begin(), out.end(), static_cast<std::uint8_t>(drawn_++ / 2));
    return {};
  }

 private:
  int drawn_ = 0;
};

}  // namespace latchkey::testing
