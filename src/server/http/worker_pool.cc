#include "server/http/worker_pool.h"

#include <algorithm>

namespace latchkey::server {

WorkerPool::WorkerPool(std::size_t threads, std::size_t queue_limit)
    : queue_limit_(std::max<std::size_t>(queue_limit, 1)), ring_(queue_limit_) {
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() { stop(); }

bool WorkerPool::submit(Task task) {
  bool wake = false;
  {
    MutexLock lock(mutex_);
    if (stopping_ || queued_ == queue_limit_) return false;
    ring_[(first_ + queued_) % queue_limit_] = task;
    ++queued_;
    wake = idle_ > 0;
  }
  if (wake) ready_.notify_one();
  return true;
}

void WorkerPool::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  ready_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void WorkerPool::work() {
  for (;;) {
    Task task{};
    {
      MutexLock lock(mutex_);
      while (queued_ == 0 && !stopping_) {
        ++idle_;
        ready_.wait(mutex_);
        --idle_;
      }
      if (queued_ == 0) return;
      task = ring_[first_];
      first_ = (first_ + 1) % queue_limit_;
      --queued_;
    }
    task.run(task.context);
  }
}

}  // namespace latchkey::server
