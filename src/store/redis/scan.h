#pragma once

#include <functional>
#include <string>
#include <vector>

#include "store/redis/engine.h"

namespace latchkey::redis {

// ScanStep is what one SCAN of one node returned: keys, and the cursor of the next; "0": none is.
struct ScanStep {
  std::string cursor{};
  std::vector<std::string> keys{};
};
// scan_once asks the node of `slot`, which looks at about `count` of its keys.
Result<ScanStep> scan_once(Engine& engine, std::uint16_t slot, const std::string& cursor,
                           const std::string& pattern, std::size_t count);

// scan shows every key of `pattern` to `take`, page by page, until it took `limit` in all. `take`
// gets a page and how many it may still take, and returns how many it took.
using TakePage =
    std::function<Result<std::size_t>(const std::vector<std::string>& keys, std::size_t limit)>;
Result<std::size_t> scan(Engine& engine, const std::string& pattern, std::size_t limit,
                         const TakePage& take);

// clocks_agree tells whether `now` is the engine's time, within kClockTolerance: then keys past
// their time went by themselves.
inline constexpr Millis kClockTolerance = std::chrono::minutes{10};
Result<bool> clocks_agree(Engine& engine, UnixTime now);

}  // namespace latchkey::redis
