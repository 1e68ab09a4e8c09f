#include "http/login_watch.h"

#include <functional>

namespace latchkey::http {
namespace {

// A browser follows the redirect of its log-in at once.
constexpr Millis kWait = std::chrono::seconds{60};

std::size_t hash_of(const LoginWatch::Client& client) noexcept {
  const std::hash<std::string_view> hash;
  return hash(client.address) * 31 + hash(client.user_agent);
}

std::size_t hash_of(const SessionId& session) noexcept {
  return std::hash<std::string_view>{}(session.text()) | 1;  // never 0
}

}  // namespace

void LoginWatch::forget(Entry& entry) {
  entry.session.store(0, std::memory_order_relaxed);
  waiting_.fetch_sub(1, std::memory_order_relaxed);
}

void LoginWatch::logged_in(const Client& client, const SessionId& session, UnixTime now) {
  const MutexLock lock(mutex_);
  Entry& entry = entries_[next_++ % entries_.size()];
  if (entry.session.load(std::memory_order_relaxed) != 0) forget(entry);
  entry.client = hash_of(client);
  entry.until = now + kWait;
  entry.session.store(hash_of(session), std::memory_order_relaxed);
  waiting_.fetch_add(1, std::memory_order_relaxed);
}

void LoginWatch::came_back(const SessionId& session, UnixTime now) {
  if (waiting_.load(std::memory_order_relaxed) == 0) return;
  const std::size_t wanted = hash_of(session);
  for (Entry& entry : entries_) {
    if (entry.session.load(std::memory_order_relaxed) != wanted) continue;
    const MutexLock lock(mutex_);
    for (Entry& other : entries_) {
      const std::size_t held = other.session.load(std::memory_order_relaxed);
      if (held == wanted || (held != 0 && now >= other.until)) forget(other);
    }
    return;
  }
}

bool LoginWatch::lost_cookie(const Client& client, UnixTime now) const {
  if (waiting_.load(std::memory_order_relaxed) == 0) return false;
  const std::size_t wanted = hash_of(client);
  const MutexLock lock(mutex_);
  for (const Entry& entry : entries_) {
    if (entry.session.load(std::memory_order_relaxed) == 0 || entry.client != wanted) continue;
    if (now < entry.until && entry.until - now <= kWait) return true;
  }
  return false;
}

}  // namespace latchkey::http
