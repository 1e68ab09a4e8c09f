#include "base/periodic.h"

#include <utility>

namespace latchkey {

Periodic::Periodic(Millis every, std::function<void()> work)
    : every_(every), work_(std::move(work)), thread_([this] { run(); }) {}

Periodic::~Periodic() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Periodic::run() {
  for (;;) {
    const auto due = std::chrono::steady_clock::now() + every_;
    {
      MutexLock lock(mutex_);
      while (!stopping_ && std::chrono::steady_clock::now() < due) {
        changed_.wait_for(mutex_, due - std::chrono::steady_clock::now());
      }
      if (stopping_) return;
    }
    work_();
  }
}

}  // namespace latchkey
