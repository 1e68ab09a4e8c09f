#pragma once

#include <cstdint>

#include "latchkey/result.h"

// Whether a call may wait for the network. Auth::begin_now uses it.
namespace latchkey {

// Wait says whether a call may wait for a store on the other side of a network. Stores in memory
// and in files answer either way.
enum class Wait : std::uint8_t {
  allowed,
  never,  // what is not known in this process is Errc::would_wait, and nothing has happened
};

// would_wait is the answer of a store that would have to wait.
inline Error would_wait() { return {Errc::would_wait, "the answer is not in this process"}; }

}  // namespace latchkey
