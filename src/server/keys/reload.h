#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "latchkey/keyring.h"
#include "latchkey/store/key_store.h"

namespace latchkey::server {

// KeyReader returns the keys as they are now, or nothing when they are those of the call before;
// `always` asks for them in any case. One call at a time.
using KeyReader = std::function<Result<std::optional<std::vector<Key>>>(bool always)>;

// read_key_file_again reads the file at `path` when it was changed; one of another instance is
// refused. What is refused is told once for each change.
KeyReader read_key_file_again(std::string path, std::string instance);
// read_stored_keys reads the keys of a store, which must outlive the result.
KeyReader read_stored_keys(KeyStore& store);

// KeyReload keeps a running server's keys those of their source. Keys that are refused or cannot be
// read change nothing and are logged. Thread-safe.
class KeyReload {
 public:
  KeyReload(KeyReader reader, std::shared_ptr<const KeyRing> ring);

  std::shared_ptr<const SharedKeyRing> keys() const noexcept { return keys_; }
  void look(bool always) LATCHKEY_EXCLUDES(mutex_);

 private:
  const std::shared_ptr<SharedKeyRing> keys_;
  Mutex mutex_;
  const KeyReader reader_ LATCHKEY_GUARDED_BY(mutex_);
};

}  // namespace latchkey::server
