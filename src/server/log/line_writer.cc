#include "server/log/line_writer.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>
#include <utility>

#include "base/mutex.h"

namespace latchkey::server {
namespace {

// A pipe takes this many bytes as a whole, so lines of several programs do not mix.
constexpr std::size_t kPiece = 4096;

std::uint64_t count_lines(std::string_view text) noexcept {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

// take_piece returns whole lines from the front of `text`: as many as fit, at least one.
std::string_view take_piece(std::string_view text) noexcept {
  if (text.size() <= kPiece) return text;
  std::size_t end = text.rfind('\n', kPiece - 1);
  if (end == std::string_view::npos) end = text.find('\n');
  return text.substr(0, end + 1);
}

// write_whole blocks until `text` is written. False: the descriptor refuses it.
bool write_whole(int fd, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t bytes = ::write(fd, text.data(), text.size());
    if (bytes > 0) {
      text.remove_prefix(static_cast<std::size_t>(bytes));
    } else if (bytes < 0 && errno == EAGAIN) {  // somebody else made it non-blocking
      pollfd ready{fd, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (bytes == 0 || errno != EINTR) {
      return false;
    }
  }
  return true;
}

// write_lines returns how many lines of `text` could not be written. After a failure the rest is
// not tried: a disk is not less full a moment later.
std::uint64_t write_lines(int fd, std::string_view text) noexcept {
  while (!text.empty()) {
    const std::string_view piece = take_piece(text);
    if (!write_whole(fd, piece)) return count_lines(text);
    text.remove_prefix(piece.size());
  }
  return 0;
}

}  // namespace

struct LineWriter::State {
  State(int to, LineWriterOptions given) : fd(to), options(std::move(given)) {}
  void run();

  const int fd;
  const LineWriterOptions options;
  mutable Mutex mutex;
  Condition changed;
  std::string waiting LATCHKEY_GUARDED_BY(mutex);
  std::uint64_t queued LATCHKEY_GUARDED_BY(mutex) = 0;   // lines ever taken
  std::uint64_t settled LATCHKEY_GUARDED_BY(mutex) = 0;  // of those: written or lost
  std::uint64_t lost LATCHKEY_GUARDED_BY(mutex) = 0;
  std::uint64_t unreported LATCHKEY_GUARDED_BY(mutex) = 0;
  bool stopping LATCHKEY_GUARDED_BY(mutex) = false;
};

void LineWriter::State::run() {
  // A reader that went away is an error of write, not the end of the process.
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  for (;;) {
    std::string batch;
    std::uint64_t reporting = 0;
    {
      MutexLock lock(mutex);
      while (waiting.empty() && !stopping) changed.wait(mutex);
      if (waiting.empty()) return;
      batch.swap(waiting);
      if (options.notice) reporting = std::exchange(unreported, 0);
    }
    const std::uint64_t taken = count_lines(batch);
    if (reporting > 0) batch.append(options.notice(reporting)).push_back('\n');
    const std::uint64_t unwritten = write_lines(fd, batch);
    MutexLock lock(mutex);
    settled += taken;
    if (unwritten > 0) {
      const std::uint64_t gone = unwritten - (reporting > 0 ? 1 : 0);  // the notice is no event
      lost += gone;
      unreported += gone + reporting;
    }
    changed.notify_all();
  }
}

LineWriter::LineWriter(int fd, LineWriterOptions options)
    : state_(std::make_shared<State>(fd, std::move(options))) {
  std::thread([state = state_] { state->run(); }).detach();
}

LineWriter::~LineWriter() {
  MutexLock lock(state_->mutex);
  state_->stopping = true;
  state_->changed.notify_all();
}

void LineWriter::write(std::string_view line) {
  State& state = *state_;
  MutexLock lock(state.mutex);
  if (state.waiting.size() + line.size() >= state.options.max_bytes) {
    ++state.lost;
    ++state.unreported;
    return;
  }
  const bool idle = state.waiting.empty();
  state.waiting.append(line).push_back('\n');
  ++state.queued;
  if (idle) state.changed.notify_all();
}

bool LineWriter::flush(Millis at_most) {
  State& state = *state_;
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  MutexLock lock(state.mutex);
  const std::uint64_t wanted = state.queued;
  while (state.settled < wanted) {
    const auto left = deadline - std::chrono::steady_clock::now();
    if (left <= left.zero()) return false;
    state.changed.wait_for(state.mutex, left);
  }
  return true;
}

std::uint64_t LineWriter::lost() const {
  MutexLock lock(state_->mutex);
  return state_->lost;
}

void print_line(int fd, std::string_view line, Millis at_most) {
  LineWriter writer(fd);
  writer.write(line);
  writer.flush(at_most);
}

}  // namespace latchkey::server
