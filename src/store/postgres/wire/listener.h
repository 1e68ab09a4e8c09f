#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <thread>

#include "base/fork.h"
#include "base/platform/platform.h"
#include "latchkey/store.h"
#include "store/postgres/wire/client.h"

namespace latchkey::postgres {

// Listener tells a sink what other nodes changed. On a thread and a connection of its own it waits
// for notifications and then reads what is new in the outbox; where the server cannot be listened
// to (a pooler in transaction mode), it reads every `poll_every`. A notification may be lost and a
// connection may die unseen, so it reads at least every kPing, and each read has kReadTime. When a
// read fails the sink hears that everything may have changed, at once and with each attempt to
// connect, and again when the connection stands.
class Listener {
 public:
  static constexpr Millis kPing{500};
  static constexpr Millis kReadTime{500};

  // `direct` is where notifications can be had; nothing: nowhere.
  Listener(const Client& client, std::shared_ptr<const Statements> statements,
           std::optional<Target> direct, Millis poll_every);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // watch is SessionStore::watch. Not to be called by two threads at once.
  std::optional<Millis> watch(SessionStore::Sink sink);
  std::optional<WatchStatus> status() const;

 private:
  void stop();
  void run();
  Result<void> listen(Connection& connection);
  Result<void> follow(Connection& connection);
  Result<bool> hear(Connection& connection);
  Result<void> read(Connection& connection);
  void pause(Millis time) const;
  void tell_lost();
  void note_read(std::optional<std::chrono::microseconds> lag);

  const Client& client_;
  const std::shared_ptr<const Statements> statements_;
  const std::optional<Target> direct_;
  const Millis poll_every_;
  const ForkGuard forked_;
  platform::WakeUp wake_;  // readable once the thread should end
  std::atomic<bool> stopping_{false};
  SessionStore::Sink sink_;  // of the thread while it runs
  std::string snapshot_;     // what the last read saw; empty: none yet
  std::string server_;       // instance and start of the server that answered
  // For status, which any thread asks.
  std::atomic<bool> watched_{false};
  std::atomic<bool> up_{false};
  std::atomic<std::chrono::steady_clock::time_point> heard_at_{};
  std::atomic<std::int64_t> lag_{kUnknown};  // microseconds
  static constexpr std::int64_t kUnknown = -1;
  std::thread thread_;
};

}  // namespace latchkey::postgres
