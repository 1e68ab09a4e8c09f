#include "account/hash_gate.h"

namespace latchkey::account {

bool HashGate::enter() {
  MutexLock lock(mutex_);
  if (running_ >= slots_) {
    if (waiting_ >= queue_) return false;
    ++waiting_;
    while (running_ >= slots_) freed_.wait(mutex_);
    --waiting_;
  }
  ++running_;
  return true;
}

void HashGate::leave() {
  {
    MutexLock lock(mutex_);
    --running_;
  }
  freed_.notify_one();
}

}  // namespace latchkey::account
