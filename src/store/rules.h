#pragma once

#include <algorithm>

#include "latchkey/record.h"
#include "latchkey/store.h"

// The contract's sentences about one record, for stores and caches that hold records as structs.
namespace latchkey {

// deadline_of returns the moment from which `record` is dead.
inline UnixTime deadline_of(const SessionRecord& record) noexcept {
  return std::min(record.idle_expires_at, record.absolute_expires_at);
}

inline bool is_alive(const SessionRecord& record, UnixTime at) noexcept {
  return at < deadline_of(record);
}

// apply_touch moves `record` as SessionStore::touch promises. False: nothing moved.
inline bool apply_touch(SessionRecord& record, const Touch& touch) noexcept {
  if (!is_alive(record, touch.last_seen_at)) return false;
  const UnixTime seen = std::max(record.last_seen_at, touch.last_seen_at);
  const UnixTime idle =
      std::max(record.idle_expires_at, std::min(touch.idle_expires_at, record.absolute_expires_at));
  const bool moved = seen != record.last_seen_at || idle != record.idle_expires_at;
  record.last_seen_at = seen;
  record.idle_expires_at = idle;
  return moved;
}

// keep_later keeps the times of `old` that SessionStore::replace may not move back.
inline void keep_later(SessionRecord& next, const SessionRecord& old) noexcept {
  next.last_seen_at = std::max(next.last_seen_at, old.last_seen_at);
  next.idle_expires_at = std::max(next.idle_expires_at, old.idle_expires_at);
  next.absolute_expires_at = std::max(next.absolute_expires_at, old.absolute_expires_at);
}

// longer_idle orders the sessions of a user for eviction: whichever goes first comes first.
inline bool longer_idle(const SessionRecord& a, const SessionRecord& b) noexcept {
  if (a.last_seen_at != b.last_seen_at) return a.last_seen_at < b.last_seen_at;
  if (a.created_at != b.created_at) return a.created_at < b.created_at;
  return a.id < b.id;
}

// check_scan_limit refuses pages ScanStore::scan does not give.
inline Result<void> check_scan_limit(std::size_t limit) {
  if (limit >= 1 && limit <= 1000) return {};
  return Error{Errc::invalid_argument, "scan: a page has 1 to 1000 rows"};
}

// check_denials refuses keys DenyStore::deny does not take.
inline Result<void> check_denials(std::span<const Denial> denials) {
  constexpr std::size_t kMaxKey = 128;
  const auto printable = [](char c) { return c > ' ' && c < '\x7f'; };
  for (const Denial& denial : denials) {
    if (denial.key.empty() || denial.key.size() > kMaxKey ||
        !std::all_of(denial.key.begin(), denial.key.end(), printable)) {
      return Error{Errc::invalid_argument, "deny: a key is 1 to 128 printable ASCII characters"};
    }
  }
  return {};
}

}  // namespace latchkey
