#include "store/memory/table.h"

#include <algorithm>

#include "store/rules.h"

namespace latchkey::memory {

const SessionRecord* SessionTable::find(const SessionId& id) const noexcept {
  const auto it = records_.find(id);
  return it == records_.end() ? nullptr : &it->second;
}

const Tombstone* SessionTable::find_tombstone(const SessionId& id) const noexcept {
  const auto it = tombstones_.find(id);
  return it == tombstones_.end() ? nullptr : &it->second;
}

const SessionTable::UserIndex* SessionTable::of_user(const UserId& user) const noexcept {
  const auto it = by_user_.find(user);
  return it == by_user_.end() ? nullptr : &it->second;
}

void SessionTable::add(const SessionRecord& record) {
  records_.emplace(record.id, record);
  by_deadline_.emplace(deadline_of(record), record.id);
  if (!record.user_id.empty()) by_user_[record.user_id].emplace(record.created_at, record.id);
}

void SessionTable::put(const SessionRecord& record) {
  SessionRecord& row = records_.at(record.id);
  by_deadline_.erase({deadline_of(row), row.id});
  row = record;
  by_deadline_.emplace(deadline_of(row), row.id);
}

void SessionTable::erase(const SessionRecord& record) {
  by_deadline_.erase({deadline_of(record), record.id});
  if (const auto user = by_user_.find(record.user_id); user != by_user_.end()) {
    user->second.erase({record.created_at, record.id});
    if (user->second.empty()) by_user_.erase(user);
  }
  records_.erase(SessionId{record.id});  // a copy: the key may live in the record
}

bool SessionTable::end(const SessionId& id, EndReason reason, UnixTime now) {
  const SessionRecord* record = find(id);
  if (record == nullptr) return false;
  tombstones_.emplace(id, Tombstone{id, record->secret_hash, reason, now});
  by_end_.emplace(now, id);
  erase(*record);
  return true;
}

std::vector<SessionId> SessionTable::end_user(const UserId& user,
                                              const std::optional<SessionId>& except,
                                              EndReason reason, UnixTime now) {
  std::vector<SessionId> ids;
  if (const UserIndex* index = of_user(user)) {
    for (const Newest& entry : *index) {
      if (except != entry.second) ids.push_back(entry.second);
    }
  }
  for (const SessionId& id : ids) end(id, reason, now);
  return ids;
}

std::vector<SessionId> SessionTable::evict(const UserId& user, std::size_t keep, UnixTime now) {
  std::vector<SessionId> ids;
  const UserIndex* index = of_user(user);
  if (index == nullptr || index->size() <= keep) return ids;
  std::vector<const SessionRecord*> live;
  for (const Newest& entry : *index) {
    const SessionRecord* record = find(entry.second);
    if (is_alive(*record, now)) live.push_back(record);
  }
  if (live.size() <= keep) return ids;
  std::sort(live.begin(), live.end(),
            [](const SessionRecord* a, const SessionRecord* b) { return longer_idle(*a, *b); });
  live.resize(live.size() - keep);
  for (const SessionRecord* record : live) ids.push_back(record->id);
  for (const SessionId& id : ids) end(id, EndReason::evicted, now);
  return ids;
}

std::size_t SessionTable::prune(UnixTime now, std::size_t limit) {
  std::size_t gone = 0;
  while (gone < limit && !by_deadline_.empty() && by_deadline_.begin()->first <= now) {
    erase(*find(by_deadline_.begin()->second));
    ++gone;
  }
  while (gone < limit && !by_end_.empty() && now - by_end_.begin()->first > kTombstoneLife) {
    tombstones_.erase(by_end_.begin()->second);
    by_end_.erase(by_end_.begin());
    ++gone;
  }
  return gone;
}

void UserTable::add(const StoredUser& user) {
  by_name_.emplace(user.username_key, user.user.id);
  users_.emplace(user.user.id, user);
}

bool UserTable::remove(const UserId& id) {
  const auto it = users_.find(id);
  if (it == users_.end()) return false;
  by_name_.erase(it->second.username_key);
  users_.erase(it);
  return true;
}

StoredUser* UserTable::find(const UserId& id) noexcept {
  const auto it = users_.find(id);
  return it == users_.end() ? nullptr : &it->second;
}

const StoredUser* UserTable::find_name(std::string_view username_key) const noexcept {
  const auto it = by_name_.find(std::string{username_key});
  return it == by_name_.end() ? nullptr : &users_.at(it->second);
}

std::int64_t UserTable::epoch(const UserId& id) const noexcept {
  const auto it = epochs_.find(id);
  return it == epochs_.end() ? 0 : it->second;
}

}  // namespace latchkey::memory
