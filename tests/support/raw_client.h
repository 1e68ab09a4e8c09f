#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace latchkey::testing {

// RawAnswer is one HTTP answer as it came over the wire.
struct RawAnswer {
  int status = 0;
  std::string head;  // with its status line and the empty line
  std::string body;

  // header returns the first field of that name, exactly as written by the server.
  std::optional<std::string> header(std::string_view name) const {
    const std::string needle = "\r\n" + std::string{name} + ": ";
    const std::size_t at = head.find(needle);
    if (at == std::string::npos) return std::nullopt;
    const std::size_t from = at + needle.size();
    return head.substr(from, head.find("\r\n", from) - from);
  }
};

// RawClient is a TCP connection to a loopback port that sends exactly the bytes it is given. Waits
// are bounded, so that a server that says nothing fails the test instead of hanging it.
class RawClient {
 public:
  // `from` is the address of loopback that the server sees.
  explicit RawClient(std::uint16_t port, int patience_ms = 20'000, const char* from = nullptr)
      : patience_ms_(patience_ms) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    if (from != nullptr) {
      ::inet_pton(AF_INET, from, &address.sin_addr);
      ::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) close();
  }
  // at_file connects to the unix socket at `path`.
  static RawClient at_file(const std::string& path) {
    RawClient client;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    client.fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto* any = reinterpret_cast<const sockaddr*>(&address);
    if (::connect(client.fd_, any, sizeof address) != 0) client.close();
    return client;
  }
  ~RawClient() { close(); }
  RawClient(RawClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)),
        patience_ms_(other.patience_ms_),
        received_(std::move(other.received_)) {}
  RawClient& operator=(RawClient&&) = delete;

  bool connected() const noexcept { return fd_ >= 0; }
  int fd() const noexcept { return fd_; }
  void close() noexcept {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void finish_sending() const noexcept { ::shutdown(fd_, SHUT_WR); }

  // send returns false once the server has closed the connection.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // receive takes more bytes; false at the end of the stream, a reset or out of patience.
  bool receive() {
    pollfd ready{fd_, POLLIN, 0};
    if (::poll(&ready, 1, patience_ms_) <= 0) return false;
    char block[16384];
    const ssize_t got = ::recv(fd_, block, sizeof block, 0);
    ended_ = got <= 0;
    if (ended_) return false;
    received_.append(block, static_cast<std::size_t>(got));
    return true;
  }

  // answer takes the next whole answer, or nothing when the stream ends before. An answer to HEAD
  // has no body whatever its Content-Length says.
  std::optional<RawAnswer> answer(bool to_head = false) {
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return std::nullopt;
    }
    RawAnswer answer;
    answer.head = received_.substr(0, end + 4);
    received_.erase(0, end + 4);
    if (answer.head.size() > 12) {
      std::from_chars(answer.head.data() + 9, answer.head.data() + 12, answer.status);
    }
    std::size_t length = 0;
    if (const auto text = answer.header("Content-Length"); text && !to_head) {
      std::from_chars(text->data(), text->data() + text->size(), length);
    }
    while (received_.size() < length) {
      if (!receive()) return std::nullopt;
    }
    answer.body = received_.substr(0, length);
    received_.erase(0, length);
    return answer;
  }

  // rest takes everything up to the end of the stream.
  std::string rest() {
    while (receive()) {
    }
    return std::exchange(received_, {});
  }

  // at_end tells that the server closes the connection without another byte.
  bool at_end() { return received_.empty() && !receive() && ended_; }

 private:
  RawClient() = default;

  int fd_ = -1;
  int patience_ms_ = 20'000;
  bool ended_ = false;
  std::string received_;
};

}  // namespace latchkey::testing
