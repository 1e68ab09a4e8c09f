#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>

// Threads for what must not run on the event loop. Node's own four stay free for files and hashes.
namespace latchkey::node {

// Lane is a bounded pool of threads for one kind of work. Work of one lane never waits for that of
// another, and a lane that is full refuses at once instead of piling up. Threads that nobody needs
// end by themselves. Thread-safe; a lane is never destroyed, since its threads outlive everything.
class Lane {
 public:
  struct Limits {
    std::size_t threads;
    std::size_t queue;    // jobs that may wait for a thread
    const char* refusal;  // what is told when that many wait
  };
  explicit Lane(const Limits& limits) noexcept : limits_(limits) {}
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // offer has `job` run on a thread of the lane. False: it is refused and does not run.
  bool offer(std::function<void()> job);
  const char* refusal() const noexcept { return limits_.refusal; }

 private:
  bool add_thread();
  void work();

  const Limits limits_;
  std::mutex mutex_;
  std::condition_variable wanted_;
  std::deque<std::function<void()>> jobs_;
  std::size_t running_ = 0;
  std::size_t idle_ = 0;
};

// local_lane is for the stores in this process: it waits for disks.
Lane& local_lane();
// store_lane is for one store behind a network; a store that is silent delays no other one.
Lane& store_lane(const std::string& url);
// password_lane is for log-ins, whose hashes take all of a core: a flood of them delays no check of
// a session.
Lane& password_lane();
// upkeep_lane is for what may take long and has no hurry, such as deleting what has expired.
Lane& upkeep_lane();

}  // namespace latchkey::node
