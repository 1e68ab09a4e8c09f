#pragma once

#include <string>
#include <unordered_map>

#include "base/mutex.h"
#include "latchkey/ids.h"
#include "latchkey/time.h"

namespace latchkey::session {

// NotBefore remembers which sessions and users this node has changed or ended itself, so that it
// believes no snapshot taken earlier. It forgets what is older than any snapshot. Thread-safe.
class NotBefore {
 public:
  explicit NotBefore(Millis life) : life_(life) {}

  void set(const SessionId& id, UnixTime now) { set_key("s" + std::string(id.text()), now); }
  void set(const UserId& user, UnixTime now) { set_key("u" + user.text(), now); }
  bool allows(const SessionId& id, const UserId& user, UnixTime taken_at) const
      LATCHKEY_EXCLUDES(mutex_);

 private:
  void set_key(std::string key, UnixTime now) LATCHKEY_EXCLUDES(mutex_);

  const Millis life_;
  mutable Mutex mutex_;
  std::unordered_map<std::string, UnixTime> times_ LATCHKEY_GUARDED_BY(mutex_);
  std::size_t sweep_at_ LATCHKEY_GUARDED_BY(mutex_) = 1024;
};

}  // namespace latchkey::session
