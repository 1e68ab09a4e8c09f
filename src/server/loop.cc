#include "server/loop.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/platform/platform.h"
#include "codec/text/time_text.h"
#include "http/message.h"
#include "server/http/refusal.h"
#include "server/listen/bound.h"

namespace latchkey::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

Millis steady_now() noexcept {
  return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now().time_since_epoch());
}

// One thread runs a loop and touches its sockets, so the reactor needs no locks; post() from other
// threads still works.
constexpr int kOneThread = BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO;

constexpr Millis kTellEvery{10'000};

}  // namespace

Loop::Loop(Shared& shared, RequestCounts& counts)
    : shared_(shared),
      counts_(counts),
      timeouts_(shared.timeouts),
      io_(kOneThread),
      timer_(io_),
      ticked_at_(steady_now()) {}

Loop::~Loop() {
  while (connections_ != nullptr) remove(connections_);
}

bool Loop::listen(Descriptor socket) {
  int family = 0;
  socklen_t size = sizeof family;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_DOMAIN, &family, &size) != 0) return false;
  Listener& listener = listeners_.emplace_back(Listener{Acceptor(io_)});
  error_code ec;
  listener.acceptor.assign({family, 0}, socket.get(), ec);
  if (ec) return false;
  socket.release();
  return true;
}

void Loop::run() {
  tick();
  wait_for_tick();
  for (Listener& listener : listeners_) accept(listener);
  io_.run();
}

void Loop::drain() {
  asio::post(io_, [this] {
    draining_ = true;
    error_code ignored;
    for (Listener& listener : listeners_) listener.acceptor.close(ignored);
    for (Connection* c = connections_; c != nullptr; c = c->next) c->drain(now_);
    if (connections_ == nullptr) io_.stop();
  });
}

void Loop::set_timeouts(const Timeouts& timeouts) {
  asio::post(io_, [this, timeouts] { timeouts_ = timeouts; });
}

void Loop::stop() { io_.stop(); }

void Loop::accept(Listener& listener) {
  listener.acceptor.async_accept([this, &listener](const error_code& ec, Socket socket) {
    on_accept(listener, ec, std::move(socket));
  });
}

void Loop::on_accept(Listener& listener, const error_code& ec, Socket socket) {
  if (draining_) return;
  if (!ec) {
    adopt(std::move(socket));
  } else if (ec == asio::error::no_descriptors || ec == asio::error::no_memory ||
             ec == asio::error::no_buffer_space || ec.value() == ENFILE) {
    // Trying again at once would spin; the next tick tries again.
    listener.paused = true;
    log(LogLevel::warn, "accept_paused", {{"reason", ec.message()}});
    return;
  }
  accept(listener);
}

// The answer may be lost: who is turned away is not waited for.
void Loop::turn_away(Socket socket, const std::string& peer, int status, const char* reason) {
  // Reading first lets the client see the answer: closing with bytes unread resets.
  char scratch[4096];
  ::recv(socket.native_handle(), scratch, sizeof scratch, MSG_DONTWAIT);
  std::string answer;
  http::write_response(refusal(status),
                       {.keep_alive = false, .hsts = shared_.site.hsts, .date = date_}, answer);
  ::send(socket.native_handle(), answer.data(), answer.size(),
         platform::send_flags() | MSG_DONTWAIT);
  if (told_at_ && now_ - *told_at_ < kTellEvery) return;  // a flood is worth a line now and then
  told_at_ = now_;
  log(LogLevel::warn, "connection_refused", {{"reason", reason}, {"address", peer}});
}

void Loop::adopt(Socket socket) {
  auto peer = peer_of(socket.native_handle());
  if (!peer) return;
  if (shared_.open.load(std::memory_order_relaxed) >= shared_.max_connections) {
    shared_.refused_full.fetch_add(1, std::memory_order_relaxed);
    return turn_away(std::move(socket), peer->text, 503, "max_connections");
  }
  std::optional<PeerShare> share =
      peer->address ? shared_.peers.take(*peer->address) : shared_.peers.take_unix();
  if (!share) {
    shared_.refused_address.fetch_add(1, std::memory_order_relaxed);
    return turn_away(std::move(socket), peer->text, 429, "max_connections_per_address");
  }
  error_code ignored;
  if (peer->address) socket.set_option(asio::ip::tcp::no_delay(true), ignored);

  auto* connection =
      new Connection(*this, std::move(socket), std::move(peer->text), *std::move(share));
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
  const Millis at = steady_now();
  now_ += std::min(at - ticked_at_, kTick);
  ticked_at_ = at;
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
  for (Listener& listener : listeners_) {
    if (std::exchange(listener.paused, false) && !draining_) accept(listener);
  }
}

}  // namespace latchkey::server
