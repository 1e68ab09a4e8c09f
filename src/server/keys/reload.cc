#include "server/keys/reload.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "server/files/file_watch.h"
#include "server/keys/file.h"

namespace latchkey::server {
namespace {

using Keys = std::optional<std::vector<Key>>;

bool same_key(const Key& a, const Key& b) {
  return a.id == b.id && a.state == b.state && a.created_at == b.created_at &&
         a.activates_at == b.activates_at && equal_ct(a.secret.bytes(), b.secret.bytes());
}

bool same_keys(const std::vector<Key>& a, const std::vector<Key>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_key);
}

}  // namespace

KeyReader read_key_file_again(std::string path, std::string instance) {
  return [watch = std::make_shared<FileWatch>(path), path = std::move(path),
          instance = std::move(instance)](bool always) -> Result<Keys> {
    if (!watch->changed() && !always) return Keys{};
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
