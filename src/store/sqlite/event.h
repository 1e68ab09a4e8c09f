#pragma once

#include <atomic>
#include <cstdint>

namespace latchkey::sqlite {

// Event is set once and wakes all that wait with one call of the kernel. std::atomic's own wait
// yields the processor several times first, which costs more than the sleep it hopes to save.
class Event {
 public:
  void wait() noexcept;
  void set() noexcept;

 private:
  std::atomic<std::uint32_t> set_{0};
};

}  // namespace latchkey::sqlite
