#pragma once

#include <memory>
#include <variant>

#include "latchkey/auth_session.h"

// A request whose session cannot be known without waiting: Auth::begin_now returns it.
namespace latchkey {

// Pending is a request whose session cannot be told without waiting for a store. Nothing has
// happened for it yet: no touch, no log line, no count.
class Pending {
 public:
  ~Pending();
  Pending(Pending&&) noexcept;
  Pending& operator=(Pending&&) noexcept;

  // resume finds out who asks, as Auth::begin does, and may wait; the request is not read again.
  // Once, on any thread. What the request shows must still be there.
  Result<AuthSession> resume() &&;

 private:
  friend class Auth;
  explicit Pending(std::unique_ptr<AuthSession::Impl> impl) noexcept;
  std::unique_ptr<AuthSession::Impl> impl_;
};

// Begun is what Auth::begin_now returns.
using Begun = std::variant<AuthSession, Pending>;

}  // namespace latchkey
