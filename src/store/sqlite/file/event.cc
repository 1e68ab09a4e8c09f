#include "store/sqlite/file/event.h"

#include "base/platform/platform.h"

namespace latchkey::sqlite {

std::uint32_t Turn::wait() noexcept {
  while (true) {
    std::uint32_t seen = call_.load(std::memory_order_acquire);
    if (seen == kDone) return seen;
    if (seen == kLead && call_.compare_exchange_strong(seen, kNone)) return kLead;
    // The kernel sleeps only while there is no call; a needless return is just another look.
    platform::wait_while(call_, kNone);
  }
}

void Turn::call_leader() noexcept {
  call_.store(kLead, std::memory_order_release);
  platform::wake_one(call_);
}

void Turn::call_all() noexcept {
  call_.store(kDone, std::memory_order_release);
  platform::wake_all(call_);
}

}  // namespace latchkey::sqlite
