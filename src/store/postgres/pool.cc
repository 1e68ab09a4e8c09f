#include "store/postgres/pool.h"

#include <algorithm>

namespace latchkey::postgres {
namespace {

constexpr Millis kFirstRest{50};
constexpr Millis kLongestRest{2000};

}  // namespace

Pool::Pool(Target target, std::shared_ptr<const Statements> statements, Millis connect_timeout)
    : target_(std::move(target)),
      statements_(std::move(statements)),
      connect_timeout_(connect_timeout),
      thread_([this] { run(); }) {}

Pool::~Pool() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    needed_.notify_all();
  }
  thread_.join();
}

// take_idle returns the connection used last that is still good, or nothing.
std::unique_ptr<Connection> Pool::take_idle() {
  while (true) {
    std::unique_ptr<Connection> connection;
    {
      const MutexLock lock(mutex_);
      if (idle_.empty()) return nullptr;
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
    if (connection->still_open()) return connection;
    connection.reset();
    const MutexLock lock(mutex_);
    --open_;
  }
}

Result<Pool::Lease> Pool::acquire(Deadline deadline) {
  if (auto connection = take_idle()) return Lease(*this, std::move(connection));
  std::uint64_t failures = 0;
  {
    const MutexLock lock(mutex_);
    failures = failures_;
    if (pause_ > Millis{0} && std::chrono::steady_clock::now() < next_attempt_) {
      return Error{Errc::store_unavailable, failure_};
    }
    ++waiting_;
    needed_.notify_one();
  }
  while (true) {
    auto connection = take_idle();
    const MutexLock lock(mutex_);
    const bool late = std::chrono::steady_clock::now() >= deadline;
    if (connection != nullptr || failures_ != failures || late) {
      --waiting_;
      if (connection != nullptr) return Lease(*this, std::move(connection));
      if (failures_ != failures) return Error{Errc::store_unavailable, failure_};
      if (open_ < target_.pool) {
        return Error{Errc::store_unavailable,
                     "no connection to the database in time: check its load and the network"};
      }
      return Error{Errc::overloaded,
                   "all connections to the database are busy: raise `pool` in the URL"};
    }
    if (idle_.empty()) changed_.wait_for(mutex_, deadline - std::chrono::steady_clock::now());
  }
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  if (connection->broken()) connection.reset();
  const MutexLock lock(mutex_);
  if (connection != nullptr) {
    idle_.push_back(std::move(connection));
    changed_.notify_one();
  } else {
    --open_;
    if (waiting_ > 0) needed_.notify_one();
  }
}

void Pool::run() {
  while (true) {
    {
      const MutexLock lock(mutex_);
      while (!stopping_ && (waiting_ <= idle_.size() || open_ >= target_.pool)) {
        needed_.wait(mutex_);
      }
      const auto now = std::chrono::steady_clock::now();
      if (!stopping_ && pause_ > Millis{0} && now < next_attempt_) {
        needed_.wait_for(mutex_, next_attempt_ - now);
        continue;
      }
      if (stopping_) return;
      ++open_;
    }
    auto opened = Connection::open(target_, statements_, after(connect_timeout_));
    const MutexLock lock(mutex_);
    if (opened) {
      pause_ = Millis{0};
      idle_.push_back(*std::move(opened));
    } else {
      --open_;
      ++failures_;
      failure_ = opened.error().detail;
      pause_ = std::clamp(pause_ * 2, kFirstRest, kLongestRest);
      next_attempt_ = after(pause_);
    }
    changed_.notify_all();
  }
}

}  // namespace latchkey::postgres
