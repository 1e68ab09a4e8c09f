#include "session/takeover/not_before.h"

#include <algorithm>

namespace latchkey::session {

bool NotBefore::allows(const SessionId& id, const UserId& user, UnixTime taken_at) const {
  MutexLock lock(mutex_);
  if (times_.empty()) return true;
  for (const std::string& key : {"s" + std::string(id.text()), "u" + user.text()}) {
    const auto found = times_.find(key);
    if (found != times_.end() && taken_at <= found->second) return false;
  }
  return true;
}

void NotBefore::set_key(std::string key, UnixTime now) {
  MutexLock lock(mutex_);
  UnixTime& time = times_.try_emplace(std::move(key), now).first->second;
  time = std::max(time, now);
  if (times_.size() < sweep_at_) return;
  // Twice the life: snapshots may come from a node whose clock is ahead.
  std::erase_if(times_, [&](const auto& entry) { return now - entry.second > 2 * life_; });
  sweep_at_ = std::max<std::size_t>(1024, 2 * times_.size());
}

}  // namespace latchkey::session
