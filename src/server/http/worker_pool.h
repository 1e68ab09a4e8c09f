#pragma once

#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace latchkey::server {

// Task is a function and what it works on; submitting one allocates nothing.
struct Task {
  void (*run)(void* context);
  void* context;
};

// WorkerPool runs tasks on threads of its own, in order of arrival. Its queue is bounded. A pool
// whose tasks may wait for each other has more threads, which are made when all are taken.
class WorkerPool {
 public:
  WorkerPool(std::size_t threads, std::size_t queue_limit, std::size_t most_threads = 0);
  ~WorkerPool();  // stop()
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // submit returns false when the queue is full or the pool has stopped.
  bool submit(Task task) LATCHKEY_EXCLUDES(mutex_);
  // Load is how busy a pool is.
  struct Load {
    std::size_t busy = 0;       // threads that run a task
    std::size_t queued = 0;     // tasks that wait for one
    std::uint64_t refused = 0;  // tasks that were not taken, since the start
  };
  Load load() const LATCHKEY_EXCLUDES(mutex_);
  // stop runs what is queued and joins the threads.
  void stop() LATCHKEY_EXCLUDES(mutex_);

 private:
  void work() LATCHKEY_EXCLUDES(mutex_);
  void grow() LATCHKEY_REQUIRES(mutex_);

  const std::size_t queue_limit_;
  const std::size_t most_threads_;
  mutable Mutex mutex_;
  Condition ready_;
  std::vector<Task> ring_ LATCHKEY_GUARDED_BY(mutex_);
  std::size_t first_ LATCHKEY_GUARDED_BY(mutex_) = 0;
  std::size_t queued_ LATCHKEY_GUARDED_BY(mutex_) = 0;
  std::size_t idle_ LATCHKEY_GUARDED_BY(mutex_) = 0;
  std::uint64_t refused_ LATCHKEY_GUARDED_BY(mutex_) = 0;
  bool stopping_ LATCHKEY_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_ LATCHKEY_GUARDED_BY(mutex_);
};

}  // namespace latchkey::server
