// The ways of Linux and glibc. src/base/platform/posix.cc has those of everybody else.
#if defined(__linux__) && !defined(LATCHKEY_PORTABLE)

#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <malloc.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "base/platform/platform.h"

namespace latchkey::platform {
namespace {

void futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) noexcept {
  static_assert(sizeof word == sizeof(std::uint32_t));
  ::syscall(SYS_futex, &word, operation, value, nullptr, nullptr, 0);
}

}  // namespace

std::int64_t coarse_millis() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

bool draw_random(std::uint8_t* out, std::size_t size) noexcept {
  while (size > 0) {
    const ssize_t got = ::getrandom(out, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    out += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

void wipe_memory(void* data, std::size_t size) noexcept { ::explicit_bzero(data, size); }

std::size_t usable_size(void* block) noexcept { return ::malloc_usable_size(block); }

void wait_while(std::atomic<std::uint32_t>& word, std::uint32_t value) noexcept {
  futex(word, FUTEX_WAIT_PRIVATE, value);
}
void wake_one(std::atomic<std::uint32_t>& word) noexcept { futex(word, FUTEX_WAKE_PRIVATE, 1); }
void wake_all(std::atomic<std::uint32_t>& word) noexcept {
  futex(word, FUTEX_WAKE_PRIVATE, INT_MAX);
}

void name_thread(const char* name) noexcept { ::pthread_setname_np(::pthread_self(), name); }

const char* descriptor_folder() noexcept { return "/proc/self/fd"; }

// A fixed threshold also keeps glibc from raising it to the size of the first large block freed.
void keep_heap_small() noexcept { ::mallopt(M_MMAP_THRESHOLD, 1 << 20); }

void forbid_inspection() noexcept { ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int reserve_space(int file, off_t end, off_t size) noexcept {
  return ::fallocate(file, FALLOC_FL_KEEP_SIZE, end, size) == 0 ? 0 : errno;
}

timespec modified_at(const struct stat& file) noexcept { return file.st_mtim; }

bool open_pipe(int (&ends)[2]) noexcept { return ::pipe2(ends, O_CLOEXEC) == 0; }
int open_socket(int domain, int type) noexcept { return ::socket(domain, type | SOCK_CLOEXEC, 0); }
int open_unblocked_socket(int domain, int type) noexcept {
  return ::socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

int send_flags() noexcept { return MSG_NOSIGNAL; }

int await_signal(const sigset_t& signals, std::int64_t millis) noexcept {
  const timespec timeout{.tv_sec = millis / 1000, .tv_nsec = millis % 1000 * 1'000'000};
  const int signal = ::sigtimedwait(&signals, nullptr, &timeout);
  return signal > 0 ? signal : 0;
}

WakeUp::WakeUp() noexcept : read_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), write_(read_) {}
WakeUp::~WakeUp() {
  if (read_ >= 0) ::close(read_);
}
bool WakeUp::ring() noexcept {
  const std::uint64_t one = 1;
  return ::write(write_, &one, sizeof one) == static_cast<ssize_t>(sizeof one);
}
void WakeUp::drain() noexcept {
  std::uint64_t drained = 0;
  static_cast<void>(::read(read_, &drained, sizeof drained) < 0);
}

}  // namespace latchkey::platform

#endif
