#pragma once

#include <string>
#include <string_view>

// Passwords leave copies where nobody meant to keep one: in buffers that a string or a vector has
// outgrown, in moved-from short strings, in stack frames of a parser. What follows removes those.
namespace latchkey {

// WipeFreed, while one lives on a thread, makes that thread overwrite memory before it gives it
// back, and at its end the stack that was used below it. Put one around the handling of a password.
// Freed memory is wiped by wiping_delete.cc, which only our own program and addon link: a library
// must not replace operator delete of the programs that use it.
class WipeFreed {
 public:
  WipeFreed() noexcept { ++depth_; }
  ~WipeFreed();
  WipeFreed(const WipeFreed&) = delete;
  WipeFreed& operator=(const WipeFreed&) = delete;

  static bool active() noexcept { return depth_ > 0; }

 private:
  static inline constinit thread_local unsigned depth_ = 0;
};

// wipe_stack overwrites 32 KiB of stack below its caller: what functions that have returned left.
void wipe_stack() noexcept;

// append_wiping appends like `text.append`, and wipes the old buffer when it needs a larger one.
void append_wiping(std::string& text, std::string_view more);

}  // namespace latchkey
