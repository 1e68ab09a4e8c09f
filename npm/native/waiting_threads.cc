#include "waiting_threads.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

namespace latchkey::node {
namespace {

constexpr std::size_t kMaxThreads = 64;
constexpr auto kIdle = std::chrono::seconds{10};

struct Threads {
  std::mutex mutex;
  std::condition_variable wanted;
  std::deque<std::function<void()>> jobs;
  std::size_t running = 0;
  std::size_t idle = 0;
};

// Never destroyed: a thread may outlive the static objects of the library.
Threads& threads() {
  static auto* the = new Threads;
  return *the;
}

void work() {
  Threads& all = threads();
  std::unique_lock lock(all.mutex);
  while (true) {
    if (all.jobs.empty()) {
      ++all.idle;
      const bool asked = all.wanted.wait_for(lock, kIdle, [&] { return !all.jobs.empty(); });
      --all.idle;
      if (!asked) break;
    }
    const std::function<void()> job = std::move(all.jobs.front());
    all.jobs.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
  --all.running;
}

}  // namespace

void run_waiting(std::function<void()> job) {
  Threads& all = threads();
  std::unique_lock lock(all.mutex);
  if (all.idle <= all.jobs.size() && all.running < kMaxThreads) {
    try {
      std::thread(work).detach();
      ++all.running;
    } catch (const std::system_error&) {
      // No thread is to be had. Those that run take the job; without any it is done here.
      if (all.running == 0) {
        lock.unlock();
        return job();
      }
    }
  }
  all.jobs.push_back(std::move(job));
  all.wanted.notify_one();
}

}  // namespace latchkey::node
