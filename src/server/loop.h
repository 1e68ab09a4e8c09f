#pragma once

#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/result.h"
#include "server/http/connection.h"
#include "server/http/handler.h"
#include "server/http/limits.h"
#include "server/http/peer_shares.h"
#include "server/http/worker_pool.h"

namespace latchkey::server {

// Shared is what all loops of one server use together.
struct Shared {
  Handler* handler = nullptr;  // set before the loops run
  ParserLimits limits;
  Timeouts timeouts;
  SiteOptions site{};
  std::size_t max_connections = 10000;
  PeerShares& peers;
  WorkerPool& blocking;
  WorkerPool& hashing;
  std::atomic<std::size_t> open{0};
  std::atomic<std::uint64_t> refused_full{0};     // connections beyond max_connections
  std::atomic<std::uint64_t> refused_address{0};  // connections beyond what one address may hold
};

// Loop is one io_context with a listener of its own (SO_REUSEPORT), its connections and one coarse
// timer for all their deadlines. Everything but run, drain and stop happens on the thread in run.
class Loop {
 public:
  using Endpoint = boost::asio::ip::tcp::endpoint;
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;

  explicit Loop(Shared& shared);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // listen binds to `endpoint`; call it before run. Returns the endpoint really bound.
  Result<Endpoint> listen(const Endpoint& endpoint);
  void run();
  // drain stops accepting and makes run return once the last connection is gone. Any thread.
  void drain();
  // stop makes run return now; connections are closed by the destructor. Any thread.
  void stop();

  Shared& shared() noexcept { return shared_; }
  boost::asio::io_context& io() noexcept { return io_; }
  static constexpr Millis kTick{250};
  Millis now() const noexcept { return now_; }  // steady, as of the last tick
  std::string_view date() const noexcept { return date_; }
  bool draining() const noexcept { return draining_; }
  // remove ends `connection`.
  void remove(Connection* connection);

 private:
  void accept();
  void on_accept(const boost::system::error_code& ec, Socket socket);
  void adopt(Socket socket);
  void turn_away(Socket socket, const std::string& peer, int status, const char* reason);
  void wait_for_tick();
  void tick();

  Shared& shared_;
  boost::asio::io_context io_;
  Acceptor acceptor_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>, Executor>
      timer_;
  Connection* connections_ = nullptr;
  Millis now_{};
  std::string date_;
  std::int64_t date_second_ = -1;
  std::optional<Millis> told_at_;  // when a connection turned away was logged last
  bool accept_paused_ = false;
  bool draining_ = false;
};

}  // namespace latchkey::server
