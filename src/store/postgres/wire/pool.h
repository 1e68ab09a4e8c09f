#pragma once

#include <deque>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "base/fork.h"
#include "base/mutex.h"
#include "store/postgres/wire/connection.h"

namespace latchkey::postgres {

// Pool lends connections, to who waits longest first. A thread of its own opens them, one after
// another, so that no caller waits for a network longer than its deadline; after a failure it waits
// longer each time. While there is any connection, callers wait for one that is in use, whatever
// the server says to another one; only where there is none they are told the failure at once. A
// connection that broke is not taken back.
class Pool {
 public:
  // Lease is a connection for as long as it lives.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_ != nullptr) pool_->give_back(std::move(connection_));
    }
    Connection& operator*() const noexcept { return *connection_; }
    Connection* operator->() const noexcept { return connection_.get(); }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  Pool(Target target, std::shared_ptr<const Statements> statements, Millis connect_timeout);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  Result<Lease> acquire(Deadline deadline);
  const Target& target() const noexcept { return target_; }

 private:
  // Waiter is a caller without a connection, on the stack of its thread.
  struct Waiter {
    std::unique_ptr<Connection> given;
    Condition changed;
  };

  Result<Lease> wait(Deadline deadline) LATCHKEY_REQUIRES(mutex_);
  Error too_late() const LATCHKEY_REQUIRES(mutex_);
  // hand_over gives a connection to who waits longest.
  void hand_over(std::unique_ptr<Connection> connection) LATCHKEY_REQUIRES(mutex_);
  // forget gives up the place of a connection that broke, or of one that could not be opened.
  void forget() LATCHKEY_REQUIRES(mutex_);
  void give_back(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> take_idle();
  bool has_none() const LATCHKEY_REQUIRES(mutex_) { return open_ == (opening_ ? 1U : 0U); }
  void run();
  void note_failure(const Error& error) LATCHKEY_REQUIRES(mutex_);

  const Target target_;
  const std::shared_ptr<const Statements> statements_;
  const Millis connect_timeout_;
  const ForkGuard forked_;

  Mutex mutex_;
  Condition needed_;  // for the thread
  std::vector<std::unique_ptr<Connection>> idle_ LATCHKEY_GUARDED_BY(mutex_);
  std::deque<Waiter*> waiting_ LATCHKEY_GUARDED_BY(mutex_);  // empty while one is idle
  std::size_t open_ LATCHKEY_GUARDED_BY(mutex_) = 0;         // idle, lent or being opened
  bool opening_ LATCHKEY_GUARDED_BY(mutex_) = false;
  std::uint64_t failures_ LATCHKEY_GUARDED_BY(mutex_) = 0;  // ever
  Millis pause_ LATCHKEY_GUARDED_BY(mutex_){0};             // 0: the last attempt went well
  Deadline next_attempt_ LATCHKEY_GUARDED_BY(mutex_){};
  std::string failure_ LATCHKEY_GUARDED_BY(mutex_);  // what the last attempt said
  bool stopping_ LATCHKEY_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace latchkey::postgres
