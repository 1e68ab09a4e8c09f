#include "server/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>

#include "base/platform/platform.h"
#include "latchkey/secret.h"

extern char** environ;  // POSIX: no header declares it

namespace latchkey::server {
namespace {

// Database connections, their WAL and shared memory, listeners, epoll, log.
constexpr std::size_t kOwnFiles = 128;

sigset_t termination() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

TerminationSignals::TerminationSignals() {
  const sigset_t set = termination();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

std::optional<int> TerminationSignals::wait(Millis at_most) const {
  const sigset_t set = termination();
  const int signal = platform::await_signal(set, at_most.count());
  return signal > 0 ? std::optional{signal} : std::nullopt;
}

std::size_t allow_open_files(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  limit.rlim_cur =
      std::min<rlim_t>(limit.rlim_max, std::max<rlim_t>(limit.rlim_cur, wanted + kOwnFiles));
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const std::size_t all = limit.rlim_cur;
  const std::size_t own = std::min(all / 2, kOwnFiles);
  return std::clamp<std::size_t>(all - own, 1, wanted);
}

void keep_memory_small() { platform::keep_heap_small(); }

void keep_memory_private() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  platform::forbid_inspection();
  ::umask(077);
}

void forget_environment() {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = text.substr(0, equals);
    if (!name.starts_with("LATCHKEY_") && name != "SESSION_SECRET") continue;
    wipe(*entry + equals + 1, text.size() - equals - 1);
  }
}

// The protocol of sd_notify(3): one datagram to the socket of NOTIFY_SOCKET, where '@' stands for
// the NUL of an abstract address. libsystemd's own call waits without limit for a full socket.
void notify_service_manager(std::string_view state) {
  constexpr timeval kPatience{.tv_sec = 1, .tv_usec = 0};
  const char* const name = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t size = name != nullptr ? std::strlen(name) : 0;
  if (size < 2 || size > sizeof address.sun_path || (name[0] != '/' && name[0] != '@')) return;
  std::memcpy(address.sun_path, name, size);
  if (name[0] == '@') address.sun_path[0] = '\0';
  const int socket = platform::open_socket(AF_UNIX, SOCK_DGRAM);
  if (socket < 0) return;
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  ::sendto(socket, state.data(), state.size(), platform::send_flags(),
           reinterpret_cast<const sockaddr*>(&address),
           static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size));
  ::close(socket);
}

void notify_reloading() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto micros = static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
  notify_service_manager("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(micros));
}

void hold_standard_files() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // The lowest free number is what open returns.
    if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", O_RDWR) < 0) return;
  }
}

}  // namespace latchkey::server
