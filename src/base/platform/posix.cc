// The POSIX way of everything that src/base/platform/linux.cc does, for macOS, FreeBSD and whatever
// else there is; on Linux it is built and tested with LATCHKEY_PORTABLE.
#if !defined(__linux__) || defined(LATCHKEY_PORTABLE)

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>
#if defined(__APPLE__)
#include <malloc/malloc.h>
#include <sys/random.h>
#elif defined(__FreeBSD__)
#include <malloc_np.h>
#include <pthread_np.h>
#endif

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/platform/platform.h"

namespace latchkey::platform {
namespace {

// Between making a descriptor and this call another thread may start a program, which inherits it.
void keep_from_programs(int descriptor) noexcept { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

}  // namespace

std::int64_t coarse_millis() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

bool draw_random(std::uint8_t* out, std::size_t size) noexcept {
  constexpr std::size_t kMostAtOnce = 256;  // of getentropy
  while (size > 0) {
    const std::size_t part = std::min(size, kMostAtOnce);
    if (::getentropy(out, part) != 0) return false;
    out += part;
    size -= part;
  }
  return true;
}

void wipe_memory(void* data, std::size_t size) noexcept {
  std::memset(data, 0, size);
  asm volatile("" : : "r"(data) : "memory");
}

std::size_t usable_size([[maybe_unused]] void* block) noexcept {
#if defined(__APPLE__)
  return ::malloc_size(block);
#elif defined(__FreeBSD__)
  return ::malloc_usable_size(block);
#else
  return 0;
#endif
}

void wait_while(std::atomic<std::uint32_t>& word, std::uint32_t value) noexcept {
  word.wait(value, std::memory_order_acquire);
}
void wake_one(std::atomic<std::uint32_t>& word) noexcept { word.notify_one(); }
void wake_all(std::atomic<std::uint32_t>& word) noexcept { word.notify_all(); }

void name_thread([[maybe_unused]] const char* name) noexcept {
#if defined(__APPLE__)
  ::pthread_setname_np(name);
#elif defined(__FreeBSD__)
  ::pthread_set_name_np(::pthread_self(), name);
#endif
}

const char* descriptor_folder() noexcept { return "/dev/fd"; }

void keep_heap_small() noexcept {}

void forbid_inspection() noexcept {}

// posix_fallocate would change the length, and of a log that others write to.
int reserve_space(int file, off_t, off_t size) noexcept {
  struct statvfs system {};
  if (::fstatvfs(file, &system) != 0) return errno;
  const auto left = static_cast<std::uintmax_t>(system.f_bavail) * system.f_frsize;
  return left >= static_cast<std::uintmax_t>(size) ? 0 : ENOSPC;
}

timespec modified_at(const struct stat& file) noexcept {
#if defined(__APPLE__)
  return file.st_mtimespec;
#else
  return file.st_mtim;
#endif
}

bool open_pipe(int (&ends)[2]) noexcept {
  if (::pipe(ends) != 0) return false;
  for (const int end : ends) keep_from_programs(end);
  return true;
}
int open_socket(int domain, int type) noexcept {
  const int made = ::socket(domain, type, 0);
  if (made >= 0) keep_from_programs(made);
  return made;
}
int open_unblocked_socket(int domain, int type) noexcept {
  const int made = open_socket(domain, type);
  if (made >= 0) ::fcntl(made, F_SETFL, O_NONBLOCK);
  return made;
}

int send_flags() noexcept {
#if defined(MSG_NOSIGNAL)
  return MSG_NOSIGNAL;
#else
  return 0;
#endif
}

// macOS has no sigtimedwait, so the signals that have arrived are looked at again and again.
int await_signal(const sigset_t& signals, std::int64_t millis) noexcept {
  constexpr std::int64_t kLookEveryMillis = 10;
  while (true) {
    sigset_t pending;
    sigemptyset(&pending);
    ::sigpending(&pending);
    for (const int signal : {SIGHUP, SIGINT, SIGTERM, SIGPIPE}) {
      if (sigismember(&signals, signal) != 1 || sigismember(&pending, signal) != 1) continue;
      sigset_t one;
      sigemptyset(&one);
      sigaddset(&one, signal);
      int taken = 0;
      if (::sigwait(&one, &taken) == 0) return taken;
    }
    if (millis <= 0) return 0;
    const std::int64_t pause = std::min(millis, kLookEveryMillis);
    const timespec time{.tv_sec = 0, .tv_nsec = static_cast<long>(pause * 1'000'000)};
    ::nanosleep(&time, nullptr);
    millis -= pause;
  }
}

WakeUp::WakeUp() noexcept {
  int ends[2];
  if (!open_pipe(ends)) return;
  for (const int end : ends) ::fcntl(end, F_SETFL, O_NONBLOCK);
  read_ = ends[0];
  write_ = ends[1];
}
WakeUp::~WakeUp() {
  if (read_ >= 0) ::close(read_);
  if (write_ >= 0) ::close(write_);
}
bool WakeUp::ring() noexcept {
  const char one = 1;
  // A full pipe is readable, which is all that is asked for.
  return ::write(write_, &one, 1) == 1 || errno == EAGAIN;
}
void WakeUp::drain() noexcept {
  std::array<char, 64> drained;
  while (::read(read_, drained.data(), drained.size()) > 0) {
  }
}

}  // namespace latchkey::platform

#endif
