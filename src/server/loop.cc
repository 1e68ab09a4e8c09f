#include "server/loop.h"

#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <string>
#include <utility>

#include "base/log.h"
#include "codec/text/time_text.h"
#include "http/message.h"
#include "server/http/refusal.h"

namespace latchkey::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

Millis steady_now() noexcept {
  return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now().time_since_epoch());
}

// One thread runs a loop and touches its sockets, so the reactor needs no locks; post() from other
// threads still works.
constexpr int kOneThread = BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO;

constexpr Millis kTellEvery{10'000};

Error listen_error(const error_code& ec) { return Error{Errc::bad_config, ec.message()}; }

}  // namespace

Loop::Loop(Shared& shared)
    : shared_(shared), io_(kOneThread), acceptor_(io_), timer_(io_), now_(steady_now()) {}

Loop::~Loop() {
  while (connections_ != nullptr) remove(connections_);
}

Result<Loop::Endpoint> Loop::listen(const Endpoint& endpoint) {
  error_code ec;
  acceptor_.open(endpoint.protocol(), ec);
  if (!ec) acceptor_.set_option(Acceptor::reuse_address(true), ec);
  if (!ec) acceptor_.set_option(ReusePort(true), ec);
  if (!ec) acceptor_.bind(endpoint, ec);
  if (!ec) acceptor_.listen(1024, ec);
  if (ec) return listen_error(ec);
  const Endpoint bound = acceptor_.local_endpoint(ec);
  if (ec) return listen_error(ec);
  return bound;
}

void Loop::run() {
  tick();
  wait_for_tick();
  accept();
  io_.run();
}

void Loop::drain() {
  asio::post(io_, [this] {
    draining_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    for (Connection* c = connections_; c != nullptr; c = c->next) c->drain(now_);
    if (connections_ == nullptr) io_.stop();
  });
}

void Loop::stop() { io_.stop(); }

void Loop::accept() {
  acceptor_.async_accept(
      [this](const error_code& ec, Socket socket) { on_accept(ec, std::move(socket)); });
}

void Loop::on_accept(const error_code& ec, Socket socket) {
  if (draining_) return;
  if (!ec) {
    adopt(std::move(socket));
  } else if (ec == asio::error::no_descriptors || ec == asio::error::no_memory ||
             ec == asio::error::no_buffer_space || ec.value() == ENFILE) {
    // Trying again at once would spin; the next tick tries again.
    accept_paused_ = true;
    log(LogLevel::warn, "accept_paused", {{"reason", ec.message()}});
    return;
  }
  accept();
}

// The answer may be lost: who is turned away is not waited for.
void Loop::turn_away(Socket socket, const std::string& peer, int status, const char* reason) {
  // Reading first lets the client see the answer: closing with bytes unread resets.
  char scratch[4096];
  ::recv(socket.native_handle(), scratch, sizeof scratch, MSG_DONTWAIT);
  std::string answer;
  http::write_response(refusal(status),
                       {.keep_alive = false, .hsts = shared_.site.hsts, .date = date_}, answer);
  ::send(socket.native_handle(), answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (told_at_ && now_ - *told_at_ < kTellEvery) return;  // a flood is worth a line now and then
  told_at_ = now_;
  log(LogLevel::warn, "connection_refused", {{"reason", reason}, {"address", peer}});
}

void Loop::adopt(Socket socket) {
  error_code ec;
  const Endpoint endpoint = socket.remote_endpoint(ec);
  if (ec) return;
  std::string peer = endpoint.address().to_string(ec);
  if (shared_.open.load(std::memory_order_relaxed) >= shared_.max_connections) {
    shared_.refused_full.fetch_add(1, std::memory_order_relaxed);
    return turn_away(std::move(socket), peer, 503, "max_connections");
  }
  std::optional<PeerShare> share = shared_.peers.take(endpoint.address());
  if (!share) {
    shared_.refused_address.fetch_add(1, std::memory_order_relaxed);
    return turn_away(std::move(socket), peer, 429, "max_connections_per_address");
  }
  socket.set_option(asio::ip::tcp::no_delay(true), ec);

  auto* connection = new Connection(*this, std::move(socket), std::move(peer), *std::move(share));
  connection->next = connections_;
  if (connections_ != nullptr) connections_->previous = connection;
  connections_ = connection;
  shared_.open.fetch_add(1, std::memory_order_relaxed);
  connection->start();
}

void Loop::remove(Connection* connection) {
  if (connection->previous != nullptr) {
    connection->previous->next = connection->next;
  } else {
    connections_ = connection->next;
  }
  if (connection->next != nullptr) connection->next->previous = connection->previous;
  delete connection;
  shared_.open.fetch_sub(1, std::memory_order_relaxed);
  if (draining_ && connections_ == nullptr) io_.stop();
}

void Loop::wait_for_tick() {
  timer_.expires_after(kTick);
  timer_.async_wait([this](const error_code& ec) {
    if (ec) return;
    tick();
    wait_for_tick();
  });
}

void Loop::tick() {
  now_ = steady_now();
  const UnixTime wall = system_clock().now();
  if (const std::int64_t second = to_unix_millis(wall) / 1000; second != date_second_) {
    date_second_ = second;
    date_ = codec::imf_fixdate(wall);
  }
  for (Connection* c = connections_; c != nullptr;) {
    Connection* following = c->next;
    c->tick(now_);
    c = following;
  }
  if (std::exchange(accept_paused_, false) && !draining_) accept();
}

}  // namespace latchkey::server
