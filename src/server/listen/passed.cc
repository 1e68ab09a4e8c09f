#include "server/listen/passed.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "server/listen/bound.h"

namespace latchkey::server {
namespace {

constexpr int kFirstPassed = 3;  // SD_LISTEN_FDS_START
constexpr int kMostPassed = 64;

std::string take_variable(const char* name) {
  const char* value = std::getenv(name);
  std::string text = value != nullptr ? value : "";
  ::unsetenv(name);
  return text;
}

int passed_number(std::string_view text) noexcept {
  int number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, ec] = std::from_chars(text.data(), end, number);
  return ec == std::errc{} && rest == end ? number : 0;
}

bool has_option(int fd, int option, int wanted) noexcept {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 && value == wanted;
}

Error refuse_passed(int fd, std::string_view why) {
  return Error{Errc::bad_config, "file " + std::to_string(fd) + " of LISTEN_FDS " +
                                     std::string{why} +
                                     "; the socket unit must say ListenStream= and Accept=no"};
}

}  // namespace

Result<std::vector<PassedSocket>> take_passed_sockets() {
  const std::string pid = take_variable("LISTEN_PID");
  const std::string count = take_variable("LISTEN_FDS");
  const std::string names = take_variable("LISTEN_FDNAMES");
  std::vector<PassedSocket> taken;
  if (passed_number(pid) != ::getpid()) return taken;  // of the process before
  const int files = passed_number(count);
  if (files < 0 || files > kMostPassed) {
    return Error{Errc::bad_config,
                 "LISTEN_FDS passes more than " + std::to_string(kMostPassed) + " sockets"};
  }
  std::string_view rest = names;
  for (int fd = kFirstPassed; fd < kFirstPassed + files; ++fd) {
    const std::size_t colon = std::min(rest.find(':'), rest.size());
    PassedSocket& socket = taken.emplace_back();
    socket.socket.reset(fd);
    socket.name = rest.substr(0, colon);
    rest.remove_prefix(std::min(colon + 1, rest.size()));
    if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) return refuse_passed(fd, "is not open");
    if (!has_option(fd, SO_TYPE, SOCK_STREAM) || !has_option(fd, SO_ACCEPTCONN, 1)) {
      return refuse_passed(fd, "does not listen for connections");
    }
    auto address = bound_address(fd);
    if (!address) return refuse_passed(fd, "is neither of IP nor a unix socket");
    socket.address = *std::move(address);
  }
  return taken;
}

}  // namespace latchkey::server
