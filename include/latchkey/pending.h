#pragma once

#include <memory>
#include <variant>

#include "latchkey/auth_session.h"

// A request that must wait for the store: Auth::begin_now returns it.
namespace latchkey {

// Pending is a request whose session cannot be determined without waiting for a store. So far it
// has had no effect: no touch, no log line, no count.
class Pending {
 public:
  ~Pending();
  Pending(Pending&&) noexcept;
  Pending& operator=(Pending&&) noexcept;

  // resume finds the session, as Auth::begin does, and may block; the request is not read again.
  // Call it once, on any thread. The data of the request must still exist.
  Result<AuthSession> resume() &&;

 private:
  friend class Auth;
  explicit Pending(std::unique_ptr<AuthSession::Impl> impl) noexcept;
  std::unique_ptr<AuthSession::Impl> impl_;
};

// Begun is what Auth::begin_now returns.
using Begun = std::variant<AuthSession, Pending>;

}  // namespace latchkey
