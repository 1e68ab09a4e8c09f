#include "store/postgres/wire/pool.h"

#include <algorithm>

#include "base/log.h"

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
    forget();
  }
}

Result<Pool::Lease> Pool::acquire(Deadline deadline) {
  if (forked_.crossed()) return forked_error();
  while (true) {
    if (auto connection = take_idle()) return Lease(*this, std::move(connection));
    const MutexLock lock(mutex_);
    if (idle_.empty()) return wait(deadline);
  }
}

Result<Pool::Lease> Pool::wait(Deadline deadline) {
  const bool in_pause = pause_ > Millis{0} && std::chrono::steady_clock::now() < next_attempt_;
  if (has_none() && in_pause) return Error{Errc::store_unavailable, failure_};
  const std::uint64_t failures = failures_;
  Waiter self;
  waiting_.push_back(&self);
  needed_.notify_one();
  while (self.given == nullptr) {
    const auto now = std::chrono::steady_clock::now();
    const bool hopeless = has_none() && failures_ != failures;
    if (hopeless || now >= deadline) {
      waiting_.erase(std::find(waiting_.begin(), waiting_.end(), &self));
      return hopeless ? Error{Errc::store_unavailable, failure_} : too_late();
    }
    self.changed.wait_for(mutex_, deadline - now);
  }
  if (std::chrono::steady_clock::now() < deadline) return Lease(*this, std::move(self.given));
  hand_over(std::move(self.given));  // with no time left its call would only break it
  return too_late();
}

Error Pool::too_late() const {
  if (pause_ > Millis{0} && !has_none()) {
    return Error{Errc::overloaded,
                 "all connections to the database are busy, and it gives no more: " + failure_};
  }
  if (open_ < target_.pool || has_none()) {
    return Error{Errc::store_unavailable,
                 "no connection to the database in time: check its load and the network"};
  }
  return Error{Errc::overloaded,
               "all connections to the database are busy: raise `pool` in the URL"};
}

void Pool::hand_over(std::unique_ptr<Connection> connection) {
  if (waiting_.empty()) return idle_.push_back(std::move(connection));
  Waiter* first = waiting_.front();
  waiting_.pop_front();
  first->given = std::move(connection);
  first->changed.notify_one();
}

void Pool::forget() {
  --open_;
  if (!waiting_.empty()) needed_.notify_one();
  if (!has_none()) return;
  for (Waiter* waiter : waiting_) waiter->changed.notify_one();
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  if (connection->broken()) connection.reset();
  const MutexLock lock(mutex_);
  if (connection != nullptr) return hand_over(std::move(connection));
  forget();
}

void Pool::note_failure(const Error& error) {
  ++failures_;
  failure_ = error.detail;
  // Once for a row of failures: where there is no connection, each call that fails tells of it.
  if (pause_ == Millis{0} && open_ > 1) {
    log(LogLevel::warn, "postgres_pool_limited",
        {{"connections", std::to_string(open_ - 1)}, {"detail", failure_}});
  }
  pause_ = std::clamp(pause_ * 2, kFirstRest, kLongestRest);
  next_attempt_ = after(pause_);
}

void Pool::run() {
  while (true) {
    {
      const MutexLock lock(mutex_);
      while (!stopping_ && (waiting_.empty() || open_ >= target_.pool)) needed_.wait(mutex_);
      const auto now = std::chrono::steady_clock::now();
      if (!stopping_ && pause_ > Millis{0} && now < next_attempt_) {
        needed_.wait_for(mutex_, next_attempt_ - now);
        continue;
      }
      if (stopping_) return;
      ++open_;
      opening_ = true;
    }
    auto opened = Connection::open(target_, statements_, after(connect_timeout_));
    const MutexLock lock(mutex_);
    opening_ = false;
    if (opened) {
      pause_ = Millis{0};
      hand_over(*std::move(opened));
    } else {
      note_failure(opened.error());
      forget();
    }
  }
}

}  // namespace latchkey::postgres
