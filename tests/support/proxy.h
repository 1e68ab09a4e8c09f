#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <list>
#include <string>
#include <thread>
#include <vector>

namespace latchkey::testing {

// Proxy stands between a client and a server on loopback and can be told to be a bad network.
class Proxy {
 public:
  enum class Mode : std::uint8_t {
    pass,
    delay,        // each piece of an answer waits for delay_ms
    black_hole,   // connections are taken and stay open, and nothing comes through
    reset,        // all connections are reset
    cut_answers,  // the first octets of an answer come through, then a reset
  };

  explicit Proxy(std::uint16_t target_port) : target_port_(target_port) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    ok_ = ::bind(listener_, as_any(&address), size) == 0 && ::listen(listener_, 64) == 0 &&
          ::getsockname(listener_, as_any(&address), &size) == 0;
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~Proxy() {
    stopping_ = true;
    nudge();
    thread_.join();
    for (const Link& link : links_) end(link, false);
    ::close(listener_);
    ::close(wake_);
  }
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  bool ok() const noexcept { return ok_; }
  std::uint16_t port() const noexcept { return port_; }
  // lead_to sends connections that come from now on to another server.
  void lead_to(std::uint16_t target_port) noexcept { target_port_ = target_port; }
  void set(Mode mode, int delay_ms = 0) {
    delay_ms_ = delay_ms;
    mode_ = mode;
    nudge();
  }

 private:
  struct Link {
    int client;
    int server;
  };
  static constexpr std::size_t kCutAt = 4;

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  static sockaddr* as_any(sockaddr_in* address) { return reinterpret_cast<sockaddr*>(address); }

  void nudge() const {
    const std::uint64_t one = 1;
    if (::write(wake_, &one, sizeof one) < 0) ::abort();
  }
  static void end(const Link& link, bool reset) {
    const linger at_once{1, 0};
    if (reset) ::setsockopt(link.client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(link.client);
    ::close(link.server);
  }

  void take() {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    sockaddr_in address = loopback(target_port_);
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(server, as_any(&address), sizeof address) != 0 || mode_ == Mode::reset) {
      end({client, server}, true);
    } else {
      links_.push_back({client, server});
    }
  }

  // forward moves what one side sent; false: the link is over.
  bool forward(int from, int to, bool answer) {
    std::vector<char> octets(65536);
    const ssize_t count = ::recv(from, octets.data(), octets.size(), 0);
    if (count <= 0) return false;
    if (answer && mode_ == Mode::delay) {
      std::this_thread::sleep_for(std::chrono::milliseconds{delay_ms_.load()});
    }
    std::size_t size = static_cast<std::size_t>(count);
    const bool cut = answer && mode_ == Mode::cut_answers;
    if (cut) size = std::min(size, kCutAt);
    for (std::size_t sent = 0; sent < size;) {
      const ssize_t done = ::send(to, octets.data() + sent, size - sent, MSG_NOSIGNAL);
      if (done <= 0) return false;
      sent += static_cast<std::size_t>(done);
    }
    return !cut;
  }

  void run() {
    while (!stopping_) {
      std::vector<pollfd> watched{{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
      const bool deaf = mode_ == Mode::black_hole;
      for (const Link& link : links_) {
        watched.push_back({deaf ? -1 : link.client, POLLIN, 0});
        watched.push_back({deaf ? -1 : link.server, POLLIN, 0});
      }
      ::poll(watched.data(), watched.size(), -1);
      std::uint64_t drained = 0;
      if (watched[0].revents != 0 && ::read(wake_, &drained, sizeof drained) < 0) ::abort();
      std::size_t at = 2;
      for (auto link = links_.begin(); link != links_.end(); at += 2) {
        bool alive = mode_ != Mode::reset;
        if (alive && watched[at].revents != 0) alive = forward(link->client, link->server, false);
        if (alive && watched[at + 1].revents != 0) {
          alive = forward(link->server, link->client, true);
        }
        if (!alive) end(*link, true);
        link = alive ? std::next(link) : links_.erase(link);
      }
      if (watched[1].revents != 0) take();
    }
  }

  std::atomic<std::uint16_t> target_port_;
  int listener_ = -1;
  const int wake_ = ::eventfd(0, EFD_CLOEXEC);
  bool ok_ = false;
  std::uint16_t port_ = 0;
  std::atomic<Mode> mode_{Mode::pass};
  std::atomic<int> delay_ms_{0};
  std::atomic<bool> stopping_{false};
  std::list<Link> links_;  // of the thread
  std::thread thread_;
};

}  // namespace latchkey::testing
