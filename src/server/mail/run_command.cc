#include "server/mail/run_command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include "base/platform/platform.h"
#include "server/files/descriptor.h"
#include "server/files/secret_file.h"

extern char** environ;

namespace latchkey::server {
namespace {

using CommandClock = std::chrono::steady_clock;

Error command_error(std::string text) { return {Errc::unsupported, std::move(text)}; }

std::vector<char*> without_secrets() {
  std::vector<char*> kept;
  for (char** one = environ; *one != nullptr; ++one) {
    if (!std::string_view(*one).starts_with("LATCHKEY_")) kept.push_back(*one);
  }
  kept.push_back(nullptr);
  return kept;
}

// Spawning are the settings of a child, which has a process group of its own and no signal
// blocked.
class Spawning {
 public:
  explicit Spawning(int input) {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_adddup2(&files_, input, STDIN_FILENO);
    for (const int out : {STDOUT_FILENO, STDERR_FILENO}) {
      posix_spawn_file_actions_addopen(&files_, out, "/dev/null", O_WRONLY, 0);
    }
    posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~Spawning() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  Spawning(const Spawning&) = delete;
  Spawning& operator=(const Spawning&) = delete;

  // start returns the child, or -1 with errno set.
  pid_t start(std::span<const std::string> command) const {
    std::vector<char*> arguments;
    for (const std::string& one : command) arguments.push_back(const_cast<char*>(one.c_str()));
    arguments.push_back(nullptr);
    std::vector<char*> environment = without_secrets();
    pid_t child = -1;
    errno = posix_spawn(&child, command.front().c_str(), &files_, &attributes_, arguments.data(),
                        environment.data());
    return errno == 0 ? child : -1;
  }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

int millis_left(CommandClock::time_point deadline) {
  const auto left = std::chrono::ceil<Millis>(deadline - CommandClock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

// WithoutBrokenPipe makes a pipe that nobody reads an error of write on this thread, and not the
// end of the process.
class WithoutBrokenPipe {
 public:
  WithoutBrokenPipe() {
    sigemptyset(&broken_pipe_);
    sigaddset(&broken_pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &broken_pipe_, &before_);
  }
  ~WithoutBrokenPipe() {
    if (sigismember(&before_, SIGPIPE) == 0) platform::await_signal(broken_pipe_, 0);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WithoutBrokenPipe(const WithoutBrokenPipe&) = delete;
  WithoutBrokenPipe& operator=(const WithoutBrokenPipe&) = delete;

 private:
  sigset_t broken_pipe_, before_;
};

// feed writes what the child reads. A child that stops reading is judged by how it ends.
void feed(int pipe, std::string_view input, CommandClock::time_point deadline) {
  while (!input.empty()) {
    pollfd ready{pipe, POLLOUT, 0};
    const int polled = ::poll(&ready, 1, millis_left(deadline));
    if (polled < 0 && errno == EINTR) continue;
    if (polled <= 0) return;
    const ssize_t wrote = ::write(pipe, input.data(), input.size());
    if (wrote < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (wrote < 0) return;
    input.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

// await waits for the child and kills it at the deadline. Returns its status; nothing: killed.
std::optional<int> await(pid_t child, CommandClock::time_point deadline) {
  int status = 0;
  while (true) {
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child) return status;
    if (ended < 0 && errno != EINTR) return status;
    if (millis_left(deadline) == 0) break;
    constexpr int kStep = 10;
    ::poll(nullptr, 0, std::min(kStep, millis_left(deadline)));
  }
  ::kill(-child, SIGKILL);
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return std::nullopt;
}

}  // namespace

Result<void> run_command(std::span<const std::string> command, std::string_view input,
                         Millis timeout) {
  const CommandClock::time_point deadline = CommandClock::now() + timeout;
  int ends[2];
  if (!platform::open_pipe(ends)) return command_error(std::strerror(errno));
  pid_t child = -1;
  {
    const Descriptor write_end(ends[1]);
    ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
    {
      // Only the child holds this end, so that writing fails once it has closed it.
      const Descriptor read_end(ends[0]);
      child = Spawning(read_end.get()).start(command);
      if (child < 0) return command_error(command.front() + ": " + std::strerror(errno));
    }
    const WithoutBrokenPipe quietly;
    feed(write_end.get(), input, deadline);
  }
  const auto status = await(child, deadline);
  if (!status) return command_error("it took too long and was ended");
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return {};
  if (WIFEXITED(*status)) {
    return command_error("it ended with exit code " + std::to_string(WEXITSTATUS(*status)));
  }
  return command_error("it was ended by signal " + std::to_string(WTERMSIG(*status)));
}

}  // namespace latchkey::server
