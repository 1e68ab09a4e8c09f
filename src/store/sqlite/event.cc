#include "store/sqlite/event.h"

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace latchkey::sqlite {
namespace {

void futex(std::atomic<std::uint32_t>& word, int operation, unsigned value) noexcept {
  static_assert(sizeof word == sizeof(std::uint32_t));
  ::syscall(SYS_futex, &word, operation, value, nullptr, nullptr, 0);
}

}  // namespace

void Event::wait() noexcept {
  // The kernel sleeps only while the word is still 0; a needless return is just another look.
  while (set_.load(std::memory_order_acquire) == 0) futex(set_, FUTEX_WAIT_PRIVATE, 0);
}

void Event::set() noexcept {
  set_.store(1, std::memory_order_release);
  futex(set_, FUTEX_WAKE_PRIVATE, INT_MAX);
}

}  // namespace latchkey::sqlite
