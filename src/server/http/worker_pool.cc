#include "server/http/worker_pool.h"

#include <algorithm>
#include <system_error>

namespace latchkey::server {

WorkerPool::WorkerPool(std::size_t threads, std::size_t queue_limit, std::size_t most_threads)
    : queue_limit_(std::max<std::size_t>(queue_limit, 1)),
      most_threads_(std::max(threads, most_threads)),
      ring_(queue_limit_) {
  const MutexLock lock(mutex_);
  threads_.reserve(most_threads_);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() { stop(); }

bool WorkerPool::submit(Task task) {
  bool wake = false;
  {
    MutexLock lock(mutex_);
    if (stopping_ || queued_ == queue_limit_) {
      ++refused_;
      return false;
    }
    ring_[(first_ + queued_) % queue_limit_] = task;
    ++queued_;
    wake = idle_ > 0;
    if (idle_ < queued_) grow();
  }
  if (wake) ready_.notify_one();
  return true;
}

// Without another thread those that run take the task.
void WorkerPool::grow() {
  if (threads_.size() >= most_threads_) return;
  try {
    threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
  }
}

WorkerPool::Load WorkerPool::load() const {
  const MutexLock lock(mutex_);
  return {threads_.size() - std::min(idle_, threads_.size()), queued_, refused_};
}

void WorkerPool::stop() {
  std::vector<std::thread> ending;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    ending.swap(threads_);
  }
  ready_.notify_all();
  for (std::thread& thread : ending) {
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
