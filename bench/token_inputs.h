#pragma once

#include <string_view>

#include "latchkey/time.h"

// What the benchmarks of tokens sign, and when.
namespace latchkey::bench {

inline constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";
inline constexpr UnixTime kNow = from_unix_millis(1'763'683'200'000);
inline constexpr UnixTime kLater = kNow + std::chrono::days{7};

}  // namespace latchkey::bench
