#pragma once

#include <atomic>
#include <cstdint>

namespace latchkey::sqlite {

// Turn is what the callers of one group wait for: one of them is asked to lead, and when the leader
// is done all of them go. One word and one call of the kernel each; std::atomic's own wait yields
// the processor several times first, which costs more than the sleep it hopes to save.
class Turn {
 public:
  enum class Call : std::uint32_t { none, lead, done };

  // wait returns `lead` to one of the callers at most, and `done` to all others.
  Call wait() noexcept;
  void call_leader() noexcept;
  void call_all() noexcept;

 private:
  std::atomic<Call> call_{Call::none};
};

}  // namespace latchkey::sqlite
