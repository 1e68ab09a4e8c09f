#pragma once

#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "store/postgres/connection.h"

namespace latchkey::postgres {

// Pool lends connections. A thread of its own opens them, one after another, so that no caller
// waits for a network longer than its deadline; after a failure it waits longer each time, and
// until the next attempt callers are told at once. A connection that broke is not taken back.
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
  void give_back(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> take_idle();
  void run();

  const Target target_;
  const std::shared_ptr<const Statements> statements_;
  const Millis connect_timeout_;

  Mutex mutex_;
  Condition changed_;  // an idle connection, a failure
  Condition needed_;   // for the thread
  std::vector<std::unique_ptr<Connection>> idle_ LATCHKEY_GUARDED_BY(mutex_);
  std::size_t open_ LATCHKEY_GUARDED_BY(mutex_) = 0;        // idle, lent or being opened
  std::size_t waiting_ LATCHKEY_GUARDED_BY(mutex_) = 0;     // callers without a connection
  std::uint64_t failures_ LATCHKEY_GUARDED_BY(mutex_) = 0;  // ever
  Millis pause_ LATCHKEY_GUARDED_BY(mutex_){0};             // 0: the last attempt went well
  Deadline next_attempt_ LATCHKEY_GUARDED_BY(mutex_){};
  std::string failure_ LATCHKEY_GUARDED_BY(mutex_);  // what the last attempt said
  bool stopping_ LATCHKEY_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace latchkey::postgres
