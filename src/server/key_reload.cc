#include "server/key_reload.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "server/key_file.h"

namespace latchkey::server {
namespace {

using Keys = std::optional<std::vector<Key>>;

bool same_file(const struct stat& a, const struct stat& b) noexcept {
  return a.st_ino == b.st_ino && a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec && a.st_mode == b.st_mode;
}

bool same_key(const Key& a, const Key& b) {
  return a.id == b.id && a.state == b.state && a.created_at == b.created_at &&
         a.activates_at == b.activates_at && equal_ct(a.secret.bytes(), b.secret.bytes());
}

bool same_keys(const std::vector<Key>& a, const std::vector<Key>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_key);
}

struct stat status_of(const std::string& path) noexcept {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return status;
}

}  // namespace

KeyReader read_key_file_again(std::string path, std::string instance) {
  return [path = std::move(path), instance = std::move(instance),
          seen = std::make_shared<struct stat>()](bool always) -> Result<Keys> {
    const struct stat now = status_of(path);
    if (!always && same_file(now, *seen)) return Keys{};
    *seen = now;
    Result<KeyFile> file = read_key_file(path);
    if (!file) return file.error();
    if (file->instance != instance) {
      return Error{Errc::bad_config, "the key file is of another store"};
    }
    return Keys{std::move(file->keys)};
  };
}

KeyReader read_stored_keys(KeyStore& store) {
  return [&store, seen = std::make_shared<std::int64_t>(-1)](bool always) -> Result<Keys> {
    Result<StoredKeys> stored = store.keys();
    if (!stored) return stored.error();
    if (!always && stored->version == *seen) return Keys{};
    *seen = stored->version;
    return Keys{std::move(stored->keys)};
  };
}

KeyReload::KeyReload(KeyReader reader, std::shared_ptr<const KeyRing> ring)
    : keys_(std::make_shared<SharedKeyRing>(std::move(ring))), reader_(std::move(reader)) {}

void KeyReload::look(bool always) {
  const MutexLock lock(mutex_);
  Result<Keys> keys = reader_(always);
  if (!keys) return log(LogLevel::error, "keys_refused", {{"detail", keys.error().detail}});
  if (!*keys) return;
  const std::size_t count = (*keys)->size();
  if (same_keys(**keys, keys_->get()->keys())) {
    // Whoever sent SIGHUP wants to hear that it arrived.
    if (always) log(LogLevel::info, "keys_unchanged", {{"keys", std::to_string(count)}});
    return;
  }
  auto ring = KeyRing::make(std::move(**keys));
  if (!ring) return log(LogLevel::error, "keys_refused", {{"detail", ring.error().detail}});
  keys_->set(*std::move(ring));
  log(LogLevel::info, "keys_loaded", {{"keys", std::to_string(count)}});
}

}  // namespace latchkey::server
