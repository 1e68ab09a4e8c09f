#include "lanes.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <system_error>
#include <thread>

#include "latchkey/accounts.h"

namespace latchkey::node {
namespace {

constexpr auto kIdle = std::chrono::seconds{10};

// More may wait than any burst of one process brings; each costs a few hundred bytes.
constexpr Lane::Limits kStores{64, 16384, "too many calls wait for the store"};
constexpr Lane::Limits kUpkeep{2, 256, "too much maintenance of stores waits"};

// Accounts says whose hash is next. A thread for each that waits there, and some for those that
// find out by the limits that they need not.
Lane::Limits password_limits() noexcept {
  const std::size_t cores = std::max(2U, std::thread::hardware_concurrency());
  constexpr std::size_t kSpare = 8;
  const std::size_t waiting = AccountsOptions{}.queue;
  return {cores + waiting + kSpare, 1024, "too many passwords are being checked"};
}

}  // namespace

bool Lane::offer(std::function<void()> job) {
  const std::lock_guard lock(mutex_);
  const bool grows = idle_ <= jobs_.size() && running_ < limits_.threads && add_thread();
  if (running_ == 0) return false;  // no thread is to be had
  if (!grows && jobs_.size() >= limits_.queue + idle_) return false;
  jobs_.push_back(std::move(job));
  wanted_.notify_one();
  return true;
}

bool Lane::add_thread() {
  try {
    std::thread([this] { work(); }).detach();
  } catch (const std::system_error&) {
    return false;  // those that run take the job
  }
  ++running_;
  return true;
}

void Lane::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (jobs_.empty()) {
      ++idle_;
      const bool asked = wanted_.wait_for(lock, kIdle, [this] { return !jobs_.empty(); });
      --idle_;
      if (!asked) break;
    }
    std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // what it holds ends without the lock
    lock.lock();
  }
  --running_;
}

Lane& local_lane() {
  static auto* const the = new Lane(kStores);
  return *the;
}

Lane& store_lane(const std::string& url) {
  struct Lanes {
    std::mutex mutex;
    std::map<std::string, std::unique_ptr<Lane>> by_url;
  };
  static auto* const all = new Lanes;
  const std::lock_guard lock(all->mutex);
  std::unique_ptr<Lane>& lane = all->by_url[url];
  if (!lane) lane = std::make_unique<Lane>(kStores);
  return *lane;
}

Lane& password_lane() {
  static auto* const the = new Lane(password_limits());
  return *the;
}

Lane& upkeep_lane() {
  static auto* const the = new Lane(kUpkeep);
  return *the;
}

}  // namespace latchkey::node
