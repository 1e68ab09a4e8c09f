// Replaces operator delete, so that memory is overwritten before it is given back while the thread
// handles a password (wipe_freed.h). Linked into the program and the addon, never into a library,
// and not with sanitizers, which replace the same functions.
#include <algorithm>
#include <cstdlib>
#include <new>

#include "base/platform/platform.h"
#include "base/wipe_freed.h"
#include "latchkey/secret.h"

namespace {

// `size` is what the compiler knows; the allocator may have given more, or not tell.
void wipe_and_free(void* memory, std::size_t size = 0) noexcept {
  if (memory != nullptr && latchkey::WipeFreed::active()) {
    latchkey::wipe(memory, std::max(size, latchkey::platform::usable_size(memory)));
  }
  std::free(memory);
}

}  // namespace

void operator delete(void* memory) noexcept { wipe_and_free(memory); }
void operator delete[](void* memory) noexcept { wipe_and_free(memory); }
void operator delete(void* memory, std::size_t size) noexcept { wipe_and_free(memory, size); }
void operator delete[](void* memory, std::size_t size) noexcept { wipe_and_free(memory, size); }
