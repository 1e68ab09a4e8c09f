#pragma once

#include <signal.h>
#include <sys/types.h>
#include <time.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

struct stat;

// What Linux does better than POSIX, with a POSIX way for every other system. Headers and calls of
// Linux (linux/..., sys/eventfd.h, malloc.h, fallocate ...) are used below src/base/platform/ and
// nowhere else, which tools/check_includes.py checks. LATCHKEY_PORTABLE takes the POSIX way on
// Linux, too. docs/platforms.md
namespace latchkey::platform {

// coarse_millis is a steady clock that is cheap to read and late by at most 10 ms.
std::int64_t coarse_millis() noexcept;

// draw_random fills `out` from the kernel. False: it cannot; errno says why.
bool draw_random(std::uint8_t* out, std::size_t size) noexcept;

// wipe_memory overwrites with zeros, and no compiler leaves it out.
void wipe_memory(void* data, std::size_t size) noexcept;

// usable_size tells how many octets the allocator gave for `block`. 0: that cannot be found out.
std::size_t usable_size(void* block) noexcept;

// wait_while sleeps as long as `word` is `value`. It may return too early: look again.
void wait_while(std::atomic<std::uint32_t>& word, std::uint32_t value) noexcept;
void wake_one(std::atomic<std::uint32_t>& word) noexcept;
void wake_all(std::atomic<std::uint32_t>& word) noexcept;

// name_thread gives the calling thread a name of at most 15 characters, for tools of the system.
void name_thread(const char* name) noexcept;

// descriptor_folder is where the system lists the open descriptors of this process.
const char* descriptor_folder() noexcept;

// keep_heap_small makes the allocator give large blocks back at once, where it can be told to.
void keep_heap_small() noexcept;

// forbid_inspection keeps debuggers and readers of the memory out, where the system knows how.
void forbid_inspection() noexcept;

// reserve_space finds out whether the file can grow by `size` octets after its end, and reserves
// them where the system can do so without changing the file's length. Returns 0, or an errno.
int reserve_space(int file, off_t end, off_t size) noexcept;

// modified_at is when the content of the file was last changed.
timespec modified_at(const struct stat& file) noexcept;

// open_pipe and open_socket leave descriptors that no program started from here inherits. False and
// -1: errno says why.
bool open_pipe(int (&ends)[2]) noexcept;
int open_socket(int domain, int type) noexcept;
// open_unblocked_socket is open_socket for calls that must not wait.
int open_unblocked_socket(int domain, int type) noexcept;

// send_flags makes send() to a peer that has gone fail instead of raising SIGPIPE, where the system
// has a flag for that; elsewhere the process has to ignore SIGPIPE.
int send_flags() noexcept;

// await_signal takes one of `signals`, which every thread must have blocked. Returns its number; 0
// if none came within `millis`.
int await_signal(const sigset_t& signals, std::int64_t millis) noexcept;

// WakeUp is a descriptor that becomes readable, for a thread that sleeps in poll().
class WakeUp {
 public:
  WakeUp() noexcept;
  ~WakeUp();
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  int descriptor() const noexcept { return read_; }
  bool ring() noexcept;  // false: the system refused
  void drain() noexcept;

 private:
  int read_ = -1;
  int write_ = -1;  // the same where one descriptor does both
};

}  // namespace latchkey::platform
