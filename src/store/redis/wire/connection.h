#pragma once

#include <array>
#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "store/redis/wire/exchange.h"
#include "store/redis/wire/reply.h"
#include "store/redis/wire/transport.h"

namespace latchkey::redis {

// ConnectionEvents hears what a connection is told beside replies, in order with them, on the
// thread of the connection. It must not wait.
class ConnectionEvents {
 public:
  virtual ~ConnectionEvents() = default;
  virtual void on_push(const Reply& push) = 0;
  // on_lost: whatever the engine would have told since the last push is not known.
  virtual void on_lost() = 0;
};

struct ConnectionOptions {
  RedisAddress address;
  RedisLogin login;
  std::function<Result<RedisLogin>()> login_source;  // asked before `login` for each connection
  std::uint32_t database = 0;
  bool cluster = false;
  std::shared_ptr<TlsTrust> tls;  // nullptr: without
  Millis connect_timeout{};
};

// How often a connection is asked for a sign of life, and how soon it counts as lost when it gives
// none.
inline constexpr Millis kLookEvery{500};
inline constexpr Millis kLostAfter{2000};

// Connection keeps one connection to one engine open, and sends what callers of any thread submit
// in one pipeline. Client-side tracking is on: the engine tells when a key changes that was read
// over this connection, whoever changed it. Lost, it is made again at once, then with growing
// pauses; in a pause submissions fail at once, with the reason. Everything but submit runs
// on the thread of the io_context.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::io_context& io, ConnectionOptions options, ConnectionEvents& events);

  void start();
  void close();
  void submit(ExchangePtr exchange) LATCHKEY_EXCLUDES(mutex_);  // any thread
  const RedisAddress& address() const noexcept { return options_.address; }
  // why_late tells what an exchange waited for that got no answer in time: any thread.
  Error why_late() const;
  // up, heard_at and lag are for metrics: any thread.
  bool up() const noexcept { return up_; }
  std::chrono::steady_clock::time_point heard_at() const noexcept { return heard_at_; }
  // lag is the round trip of an exchange lately: any thread. Nothing: there was none yet.
  std::optional<std::chrono::microseconds> lag() const noexcept {
    const std::int64_t known = lag_;
    if (known == kUnknown) return std::nullopt;
    return std::chrono::microseconds{known};
  }

 private:
  // securing: the other side took the connection, and TLS has not come about.
  enum class State : std::uint8_t { opening, securing, greeting, ready, pausing, closed };
  using ErrorCode = Transport::ErrorCode;
  using Time = std::chrono::steady_clock::time_point;

  void open();
  void greet();
  void on_greeting(const Reply& reply);
  void on_ready();
  void read();
  void on_read(const ErrorCode& ec, std::size_t count);
  void on_reply(Reply reply);
  void flush() LATCHKEY_EXCLUDES(mutex_);
  void send(const ExchangePtr& exchange);
  void write();
  void look();
  void tick();
  // drop ends the connection that is there and plans the next.
  void drop(Error error);
  void pause();
  void set_accepting(bool accepting, const Error& error) LATCHKEY_EXCLUDES(mutex_);

  boost::asio::io_context& io_;
  const ConnectionOptions options_;
  ConnectionEvents& events_;

  std::atomic<State> state_{State::opening};  // changed on the thread of the connection only
  RedisLogin login_;                          // that of the latest connection
  std::shared_ptr<Transport> transport_;
  ReplyParser parser_;
  std::array<char, 65536> input_{};
  std::string outbox_, sending_;
  bool writing_ = false;
  std::size_t greetings_ = 0;  // replies to the greeting that are missing
  std::deque<ExchangePtr> in_flight_, waiting_;
  Time alive_{};                     // when it last gave a sign of life, or when one became due
  const Exchange* timed_ = nullptr;  // one of in_flight_, whose round trip is measured
  Time timed_at_{};
  ExchangePtr sign_;  // of life, while it is asked for
  Time looked_at_{};
  static constexpr std::int64_t kUnknown = -1;
  std::atomic<std::int64_t> lag_{kUnknown};  // microseconds
  std::atomic<bool> up_{false};
  std::atomic<Time> heard_at_{std::chrono::steady_clock::now()};
  boost::asio::steady_timer ticker_, pause_timer_;
  Millis pause_{};

  Mutex mutex_;
  std::vector<ExchangePtr> incoming_ LATCHKEY_GUARDED_BY(mutex_);
  bool scheduled_ LATCHKEY_GUARDED_BY(mutex_) = false;
  bool accepting_ LATCHKEY_GUARDED_BY(mutex_) = true;
  Error refusal_ LATCHKEY_GUARDED_BY(mutex_){Errc::store_unavailable, {}};
};
using ConnectionPtr = std::shared_ptr<Connection>;

}  // namespace latchkey::redis
