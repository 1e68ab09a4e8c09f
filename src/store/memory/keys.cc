#include "store/memory/table.h"
#include "store/rules.h"

namespace latchkey::memory {

bool DenialTable::deny(const Denial& denial) {
  const auto [row, added] = until_.try_emplace(denial.key, denial.until);
  if (!added) {
    if (denial.until <= row->second) return false;
    by_until_.erase({row->second, denial.key});
    row->second = denial.until;
  }
  by_until_.emplace(denial.until, denial.key);
  return added;
}

std::size_t DenialTable::prune(UnixTime now, std::size_t limit) {
  std::size_t gone = 0;
  while (gone < limit && !by_until_.empty() && by_until_.begin()->first <= now) {
    until_.erase(by_until_.begin()->second);
    by_until_.erase(by_until_.begin());
    ++gone;
  }
  return gone;
}

Result<std::size_t> Keys::deny(std::span<const Denial> denials) {
  if (Result<void> fine = check_denials(denials); !fine) return fine.error();
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  std::size_t added = 0;
  for (const Denial& denial : denials) added += data_.denials.deny(denial) ? 1 : 0;
  return added;
}

Result<Standing> Keys::standing(std::string_view key, const UserId& user, Wait /*wait*/) {
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  Standing standing{.denied = data_.denials.denied(key), .user_epoch = data_.users.epoch(user)};
  if (const StoredUser* stored = data_.users.find(user)) standing.user = stored->user;
  return standing;
}

Result<std::size_t> Keys::prune_denials(UnixTime now, std::size_t limit) {
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  return data_.denials.prune(now, limit);
}

Result<StoredKeys> Keys::keys() {
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  StoredKeys copies{.version = data_.keys.version};
  for (const Key& key : data_.keys.keys) copies.keys.push_back(key.copy());
  return copies;
}

Result<bool> Keys::put_keys(std::span<const Key> keys, std::int64_t expected_version) {
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  if (data_.keys.version != expected_version) return false;
  StoredKeys next{.version = expected_version + 1};
  for (const Key& key : keys) next.keys.push_back(key.copy());
  data_.keys = std::move(next);
  return true;
}

}  // namespace latchkey::memory
