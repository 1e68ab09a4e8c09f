#pragma once

#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "server/files/descriptor.h"
#include "server/http/connection.h"
#include "server/http/handler.h"
#include "server/http/limits.h"
#include "server/http/peer_shares.h"
#include "server/http/trace.h"
#include "server/http/worker_pool.h"
#include "server/metrics/request_counts.h"

namespace latchkey::server {

// Shared is what all loops of one server use together.
struct Shared {
  Handler* handler = nullptr;  // set before the loops run
  ParserLimits limits;
  Timeouts timeouts;  // at the start
  SiteOptions site{};
  std::size_t max_connections = 10000;
  PeerShares& peers;
  WorkerPool& blocking;
  WorkerPool& hashing;
  std::atomic<bool> log_requests{false};  // a line for each answer
  std::atomic<std::size_t> open{0};
  std::atomic<std::uint64_t> refused_full{0};     // connections beyond max_connections
  std::atomic<std::uint64_t> refused_address{0};  // connections beyond what one address may hold
};

// Loop is one io_context with listeners, its connections and one coarse timer for all their
// deadlines. Everything but run, drain and stop happens on the thread in run.
class Loop {
 public:
  using Acceptor =
      boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol, Executor>;

  // `counts` gets what this loop answers.
  Loop(Shared& shared, RequestCounts& counts);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // listen accepts connections of `socket`, which listens. Call it before run. False: it is none.
  bool listen(Descriptor socket);
  void run();
  // drain stops accepting and makes run return once the last connection is gone. Any thread.
  void drain();
  // set_timeouts holds for what begins from then on. Any thread.
  void set_timeouts(const Timeouts& timeouts);
  // stop makes run return now; connections are closed by the destructor. Any thread.
  void stop();

  const Timeouts& timeouts() const noexcept { return timeouts_; }
  Shared& shared() noexcept { return shared_; }
  boost::asio::io_context& io() noexcept { return io_; }
  static constexpr Millis kTick{250};
  // now is the loop's own clock, as of the last tick. It moves by one tick at most: time in which
  // the loop did not run (a starved or stopped machine) is no client's fault.
  Millis now() const noexcept { return now_; }
  std::string_view date() const noexcept { return date_; }
  bool draining() const noexcept { return draining_; }
  RequestCounts& counts() noexcept { return counts_; }
  RequestId next_request_id() noexcept { return request_ids_.next(); }
  // remove ends `connection`.
  void remove(Connection* connection);

 private:
  struct Listener {
    Acceptor acceptor;
    bool paused = false;
  };
  void accept(Listener& listener);
  void on_accept(Listener& listener, const boost::system::error_code& ec, Socket socket);
  void adopt(Socket socket);
  void turn_away(Socket socket, const std::string& peer, int status, const char* reason);
  void wait_for_tick();
  void tick();

  Shared& shared_;
  RequestCounts& counts_;
  RequestIds request_ids_;
  Timeouts timeouts_;
  boost::asio::io_context io_;
  std::list<Listener> listeners_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>, Executor>
      timer_;
  Connection* connections_ = nullptr;
  Millis now_{};
  Millis ticked_at_{};  // steady
  std::string date_;
  std::int64_t date_second_ = -1;
  std::optional<Millis> told_at_;  // when a connection turned away was logged last
  bool draining_ = false;
};

}  // namespace latchkey::server
