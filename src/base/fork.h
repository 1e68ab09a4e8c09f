#pragma once

#include <memory>
#include <utility>

#include "base/fork_generation.h"
#include "latchkey/result.h"

// What has threads, locks or connections is of no use to a forked child: the threads are not there,
// a lock may be held by one of them for ever, and the connections are the parent's. Such an object
// holds a ForkGuard, refuses every call that crossed a fork, and is left as it is when the child
// destroys it.
namespace latchkey {

// ForkGuard remembers the process it was made in. Asking costs one load.
class ForkGuard {
 public:
  bool crossed() const noexcept { return born_ != fork_generation(); }

 private:
  unsigned born_ = fork_generation();
};

// forked_error is the answer of what was opened before fork() and is called in the child.
Error forked_error();

// ForkOwned owns an object that a forked child leaves alone: destroying it there would wait for
// threads that do not exist, or end what the parent still uses.
struct DeleteUnlessForked {
  ForkGuard guard{};
  template <class T>
  void operator()(T* object) const noexcept {
    if (!guard.crossed()) delete object;
  }
};
template <class T>
using ForkOwned = std::unique_ptr<T, DeleteUnlessForked>;

template <class T, class... Arguments>
ForkOwned<T> make_fork_owned(Arguments&&... arguments) {
  return ForkOwned<T>(new T(std::forward<Arguments>(arguments)...));
}

}  // namespace latchkey
