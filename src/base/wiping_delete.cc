// Replaces operator delete, so that memory is overwritten before it is given back while the thread
// handles a password (wipe_freed.h). Linked into the program and the addon, never into a library,
// and not with sanitizers, which replace the same functions.
#include <malloc.h>

#include <cstdlib>
#include <new>

#include "base/wipe_freed.h"
#include "latchkey/secret.h"

namespace {

void wipe_and_free(void* memory) noexcept {
  if (memory != nullptr && latchkey::WipeFreed::active()) {
    latchkey::wipe(memory, ::malloc_usable_size(memory));
  }
  std::free(memory);
}

}  // namespace

void operator delete(void* memory) noexcept { wipe_and_free(memory); }
void operator delete[](void* memory) noexcept { wipe_and_free(memory); }
void operator delete(void* memory, std::size_t) noexcept { wipe_and_free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { wipe_and_free(memory); }
