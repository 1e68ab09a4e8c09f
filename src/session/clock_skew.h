#pragma once

#include "latchkey/time.h"

namespace latchkey {

// How far the clocks of two nodes may be apart (docs/policy.md).
inline constexpr Millis kClockSkew = std::chrono::minutes{1};

}  // namespace latchkey
