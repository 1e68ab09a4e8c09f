#include "store/sqlite/file/event.h"

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace latchkey::sqlite {
namespace {

void futex(std::atomic<Turn::Call>& word, int operation, int value) noexcept {
  static_assert(sizeof word == sizeof(std::uint32_t));
  ::syscall(SYS_futex, &word, operation, value, nullptr, nullptr, 0);
}

}  // namespace

Turn::Call Turn::wait() noexcept {
  while (true) {
    Call seen = call_.load(std::memory_order_acquire);
    if (seen == Call::done) return seen;
    if (seen == Call::lead && call_.compare_exchange_strong(seen, Call::none)) return Call::lead;
    // The kernel sleeps only while there is no call; a needless return is just another look.
    futex(call_, FUTEX_WAIT_PRIVATE, static_cast<int>(Call::none));
  }
}

void Turn::call_leader() noexcept {
  call_.store(Call::lead, std::memory_order_release);
  futex(call_, FUTEX_WAKE_PRIVATE, 1);
}

void Turn::call_all() noexcept {
  call_.store(Call::done, std::memory_order_release);
  futex(call_, FUTEX_WAKE_PRIVATE, INT_MAX);
}

}  // namespace latchkey::sqlite
