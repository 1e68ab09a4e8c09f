#include "tests/redis/proxy.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <string>
#include <utility>

namespace latchkey::testing {
namespace {

using std::chrono::steady_clock;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// close_with_reset makes the peer see a reset and not an end.
void close_with_reset(int fd) {
  const linger now{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(fd);
}

}  // namespace

struct Proxy::Pipe {
  struct Held {
    steady_clock::time_point due;
    std::string bytes;
  };
  int client = -1;
  int server = -1;
  int resets = 0;                          // how many there had been when it was made
  std::array<std::deque<Held>, 2> held{};  // to the server, to the client
};

Proxy::Proxy(std::uint16_t target) : target_(target) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
  ::listen(listener_, 16);
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { carry(); });
}

Proxy::~Proxy() {
  stop_ = true;
  thread_.join();
  for (const Pipe& pipe : pipes_) {
    ::close(pipe.client);
    ::close(pipe.server);
  }
  ::close(listener_);
}

void Proxy::accept_one() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  ++accepted_;
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(target_);
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(server);
    close_with_reset(client);
    return;
  }
  pipes_.push_back({.client = client, .server = server, .resets = resets_});
}

// carry_one moves what can be moved in one direction: false when the pipe is at its end.
bool Proxy::carry_one(Pipe& pipe, bool answers) {
  const int from = answers ? pipe.server : pipe.client, to = answers ? pipe.client : pipe.server;
  auto& held = pipe.held[answers ? 1 : 0];
  if (black_hole_) return true;
  char bytes[16384];
  const ssize_t count = ::recv(from, bytes, sizeof bytes, MSG_DONTWAIT);
  if (count == 0) return false;
  if (count > 0) {
    held.push_back({steady_clock::now() + std::chrono::milliseconds{delay_},
                    std::string(bytes, static_cast<std::size_t>(count))});
  }
  while (!held.empty() && held.front().due <= steady_clock::now()) {
    std::string text = std::move(held.front().bytes);
    held.pop_front();
    std::int64_t left = reset_after_;
    const bool cut = answers && left >= 0 && static_cast<std::int64_t>(text.size()) >= left;
    if (cut) text.resize(static_cast<std::size_t>(left));
    if (answers && left >= 0)
      reset_after_ = cut ? -1 : left - static_cast<std::int64_t>(text.size());
    if (::send(to, text.data(), text.size(), MSG_NOSIGNAL) < 0 || cut) return false;
  }
  return true;
}

void Proxy::carry() {
  while (!stop_) {
    std::vector<pollfd> waiting{{listener_, POLLIN, 0}};
    bool holding = false;
    for (const Pipe& pipe : pipes_) {
      waiting.push_back({black_hole_ ? -1 : pipe.client, POLLIN, 0});
      waiting.push_back({black_hole_ ? -1 : pipe.server, POLLIN, 0});
      holding = holding || !pipe.held[0].empty() || !pipe.held[1].empty();
    }
    ::poll(waiting.data(), waiting.size(), holding ? 1 : 10);
    std::erase_if(pipes_, [&](Pipe& pipe) {
      const bool goes_on =
          pipe.resets == resets_ && carry_one(pipe, false) && carry_one(pipe, true);
      if (goes_on) return false;
      close_with_reset(pipe.client);
      ::close(pipe.server);
      return true;
    });
    if ((waiting[0].revents & POLLIN) != 0) accept_one();
  }
}

}  // namespace latchkey::testing
