#pragma once

#include <atomic>
#include <cstdint>

namespace latchkey::sqlite {

// Turn is what the callers of one group wait for: one of them is asked to lead, and when the leader
// is done all of them go. One word and one call of the kernel each, on Linux; std::atomic's own
// wait yields the processor several times first, which costs more than the sleep it hopes to save.
class Turn {
 public:
  static constexpr std::uint32_t kNone = 0, kLead = 1, kDone = 2;

  // wait returns kLead to one of the callers at most, and kDone to all others.
  std::uint32_t wait() noexcept;
  void call_leader() noexcept;
  void call_all() noexcept;

 private:
  std::atomic<std::uint32_t> call_{kNone};
};

}  // namespace latchkey::sqlite
