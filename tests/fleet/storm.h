#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "tests/fleet/fleet.h"

namespace latchkey::testing {

// Storm has every node of a fleet create, touch, check and end sessions, whatever becomes of the
// store meanwhile, and judges each check by what was acknowledged: a session that nobody ended must
// not be refused, and one whose end was acknowledged not accepted, by the node that ended it at
// once, by others once their copies are older than `max_age`. A call that failed says nothing.
class Storm {
 public:
  Storm(Fleet& fleet, Millis max_age);
  ~Storm();
  Storm(const Storm&) = delete;
  Storm& operator=(const Storm&) = delete;

  struct Counts {
    std::atomic<std::uint64_t> created{0}, touched{0}, checked{0}, ended{0}, failed{0};
    std::atomic<std::uint64_t> wrongly_accepted{0}, wrongly_refused{0};
  };
  const Counts& counts() const noexcept { return counts_; }
  // gets_on waits until every node has created and ended sessions again since the call.
  bool gets_on();
  // settle stops the nodes and judges every session at every node, when no copy is left. False:
  // some node did not answer.
  bool settle();

 private:
  using Time = std::chrono::steady_clock::time_point;
  enum class Fate : std::uint8_t { lives, ending, ended };
  struct Known {
    std::string token;
    SessionRecord record;
    Fate fate = Fate::lives;
    std::size_t by = 0;  // the node that ended it
    Time at{};           // when that was acknowledged
  };

  void run(std::size_t node);
  void create(std::size_t node);
  void touch(std::size_t node, std::size_t session);
  void check(std::size_t node, std::size_t session);
  void end(std::size_t node, std::size_t session);
  void stop();
  Known known(std::size_t session) {
    const MutexLock lock(mutex_);
    return known_[session];
  }
  std::size_t size() {
    const MutexLock lock(mutex_);
    return known_.size();
  }

  Fleet& fleet_;
  const Millis max_age_;
  Counts counts_;
  std::vector<std::atomic<std::uint64_t>> created_by_, ended_by_;
  std::atomic<std::uint64_t> users_{0};
  std::atomic<bool> stopping_{false};
  Mutex mutex_;
  std::vector<Known> known_ LATCHKEY_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace latchkey::testing
