#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "latchkey/result.h"
#include "store/redis/wire/reply.h"

namespace latchkey::redis {

// Exchange is a group of commands that one caller sends together, and their replies. The caller
// waits; the thread of the connection fills it. Whoever waits no longer leaves it to that thread.
class Exchange {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  Exchange(std::string commands, std::size_t expected)
      : commands_(std::move(commands)), expected_(expected) {}

  const std::string& commands() const noexcept { return commands_; }

  // sent tells whether the engine may have seen the commands. Only the connection marks it.
  bool sent() const noexcept { return sent_; }
  void mark_sent() noexcept { sent_ = true; }
  // add takes the next reply: true when it was the last one. Only the connection calls it.
  bool add(Reply reply) {
    replies_.push_back(std::move(reply));
    if (replies_.size() < expected_) return false;
    finish({});
    return true;
  }
  void fail(Error error) { finish(std::move(error)); }

  // wait fails with what `why_late` returns when the deadline comes first.
  template <class WhyLate>
  Result<std::vector<Reply>> wait(Deadline deadline, const WhyLate& why_late) {
    const MutexLock lock(mutex_);
    while (!done_) {
      const auto left = deadline - std::chrono::steady_clock::now();
      if (left <= left.zero()) return why_late();
      condition_.wait_for(mutex_, left);
    }
    if (!outcome_) return outcome_.error();
    return std::move(replies_);
  }

 private:
  void finish(Result<void> outcome) {
    const MutexLock lock(mutex_);
    outcome_ = std::move(outcome);
    done_ = true;
    condition_.notify_all();
  }

  const std::string commands_;
  const std::size_t expected_;
  std::atomic<bool> sent_{false};
  std::vector<Reply> replies_;  // the connection's until done_, then the caller's
  Mutex mutex_;
  Condition condition_;
  bool done_ LATCHKEY_GUARDED_BY(mutex_) = false;
  Result<void> outcome_ LATCHKEY_GUARDED_BY(mutex_);
};
using ExchangePtr = std::shared_ptr<Exchange>;

}  // namespace latchkey::redis
