#pragma once

namespace latchkey {

// NoWait, while it lives, forbids this thread to wait for a remote store: an event loop tries a
// request so, and hands it to a worker when it was refused. What answers from memory is not
// concerned. The refused caller returns an error that nobody will see.
class NoWait {
 public:
  NoWait() noexcept : outer_(state()) { state() = State::asked_not_to; }
  ~NoWait() { state() = outer_; }
  NoWait(const NoWait&) = delete;
  NoWait& operator=(const NoWait&) = delete;

  // refuse tells whether a call that would wait must give up, and remembers that it had to.
  static bool refuse() noexcept {
    if (state() == State::may_wait) return false;
    state() = State::refused;
    return true;
  }
  static bool refused() noexcept { return state() == State::refused; }

 private:
  enum class State : unsigned char { may_wait, asked_not_to, refused };
  static State& state() noexcept {
    static thread_local State state = State::may_wait;
    return state;
  }
  const State outer_;
};

}  // namespace latchkey
