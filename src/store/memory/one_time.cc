#include "store/memory/table.h"

namespace latchkey::memory {

const OneTimeSecret* SecretTable::find(const SecretHash& hash, std::string_view purpose,
                                       UnixTime now) const {
  const auto it = secrets_.find(hash.bytes);
  if (it == secrets_.end()) return nullptr;
  const OneTimeSecret& secret = it->second;
  return secret.purpose == purpose && now < secret.expires_at ? &secret : nullptr;
}

bool SecretTable::put(const OneTimeSecret& secret, std::size_t most) {
  const auto [row, added] = secrets_.try_emplace(secret.hash.bytes, secret);
  if (!added) return row->second.user_id == secret.user_id && row->second.purpose == secret.purpose;
  std::set<std::pair<UnixTime, std::array<std::uint8_t, SecretHash::kBytes>>> others;
  for (const auto& [hash, other] : secrets_) {
    const bool same = other.user_id == secret.user_id && other.purpose == secret.purpose;
    if (same && hash != secret.hash.bytes) others.emplace(other.created_at, hash);
  }
  while (others.size() >= most) {
    secrets_.erase(others.begin()->second);
    others.erase(others.begin());
  }
  return true;
}

std::size_t SecretTable::remove(const UserId& user, std::string_view purpose) {
  return std::erase_if(secrets_, [&](const auto& row) {
    return row.second.user_id == user && (purpose.empty() || row.second.purpose == purpose);
  });
}

std::size_t SecretTable::prune(UnixTime now, std::size_t limit) {
  std::size_t gone = 0;
  std::erase_if(secrets_, [&](const auto& row) {
    return gone < limit && now >= row.second.expires_at && ++gone > 0;
  });
  return gone;
}

Result<void> OneTime::put_secret(const OneTimeSecret& secret, std::size_t most) {
  if (Result<void> fine = check_secret(secret, most); !fine) return fine;
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  return data_.secrets.put(secret, most) ? Result<void>{} : put_conflict();
}

Result<std::optional<OneTimeSecret>> OneTime::find_secret(const SecretHash& hash,
                                                          std::string_view purpose, UnixTime now) {
  if (Result<void> fine = check_purpose(purpose); !fine) return fine.error();
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  const OneTimeSecret* secret = data_.secrets.find(hash, purpose, now);
  return secret == nullptr ? std::nullopt : std::optional{*secret};
}

Result<std::optional<OneTimeSecret>> OneTime::take_secret(const SecretHash& hash,
                                                          std::string_view purpose, UnixTime now) {
  if (Result<void> fine = check_purpose(purpose); !fine) return fine.error();
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  const OneTimeSecret* secret = data_.secrets.find(hash, purpose, now);
  if (secret == nullptr) return std::optional<OneTimeSecret>{};
  std::optional taken{*secret};
  data_.secrets.erase(hash);
  return taken;
}

Result<std::size_t> OneTime::remove_secrets(const UserId& user_id, std::string_view purpose) {
  if (Result<void> fine = check_purpose(purpose, true); !fine) return fine.error();
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  return data_.secrets.remove(user_id, purpose);
}

Result<std::size_t> OneTime::prune_secrets(UnixTime now, std::size_t limit) {
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  return data_.secrets.prune(now, limit);
}

}  // namespace latchkey::memory
