#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define LATCHKEY_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define LATCHKEY_THREAD_ANNOTATION(x)
#endif
#define LATCHKEY_CAPABILITY(x) LATCHKEY_THREAD_ANNOTATION(capability(x))
#define LATCHKEY_SCOPED_CAPABILITY LATCHKEY_THREAD_ANNOTATION(scoped_lockable)
#define LATCHKEY_GUARDED_BY(x) LATCHKEY_THREAD_ANNOTATION(guarded_by(x))
#define LATCHKEY_REQUIRES(...) LATCHKEY_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define LATCHKEY_ACQUIRE(...) LATCHKEY_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define LATCHKEY_RELEASE(...) LATCHKEY_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define LATCHKEY_EXCLUDES(...) LATCHKEY_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))
#define LATCHKEY_NO_THREAD_SAFETY_ANALYSIS LATCHKEY_THREAD_ANNOTATION(no_thread_safety_analysis)

namespace latchkey {

// Mutex is std::mutex that clang's thread-safety analysis understands.
class LATCHKEY_CAPABILITY("mutex") Mutex {
 public:
  void lock() LATCHKEY_ACQUIRE() { mutex_.lock(); }
  void unlock() LATCHKEY_RELEASE() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class LATCHKEY_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) LATCHKEY_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() LATCHKEY_RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Condition waits on a Mutex that the caller holds.
class Condition {
 public:
  void wait(Mutex& mutex) LATCHKEY_REQUIRES(mutex) { condition_.wait(mutex); }
  template <class Duration>
  std::cv_status wait_for(Mutex& mutex, Duration duration) LATCHKEY_REQUIRES(mutex) {
    return condition_.wait_for(mutex, duration);
  }
  void notify_one() noexcept { condition_.notify_one(); }
  void notify_all() noexcept { condition_.notify_all(); }

 private:
  std::condition_variable_any condition_;
};

}  // namespace latchkey
