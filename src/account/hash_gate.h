#pragma once

#include <cstdint>

#include "base/mutex.h"

namespace latchkey::account {

// HashGate bounds how many password hashes run at once and how many callers wait (R75): memory
// stays at slots times the cost, and a flood of logins is refused instead of piling up.
// Thread-safe.
class HashGate {
 public:
  HashGate(std::uint32_t slots, std::uint32_t queue) : slots_(slots), queue_(queue) {}

  // Pass holds a slot while it lives.
  class Pass {
   public:
    explicit Pass(HashGate& gate) : gate_(&gate), admitted_(gate.enter()) {}
    ~Pass() {
      if (admitted_) gate_->leave();
    }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    bool admitted() const noexcept { return admitted_; }

   private:
    HashGate* gate_;
    bool admitted_;
  };

 private:
  // enter waits for a slot; false when the queue is full.
  bool enter() LATCHKEY_EXCLUDES(mutex_);
  void leave() LATCHKEY_EXCLUDES(mutex_);

  const std::uint32_t slots_;
  const std::uint32_t queue_;
  Mutex mutex_;
  Condition freed_;
  std::uint32_t running_ LATCHKEY_GUARDED_BY(mutex_) = 0;
  std::uint32_t waiting_ LATCHKEY_GUARDED_BY(mutex_) = 0;
};

}  // namespace latchkey::account
