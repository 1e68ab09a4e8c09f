#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/entropy.h"
#include "latchkey/key.h"
#include "latchkey/result.h"

// Keys for every carrier except `stored`, and how to change them while requests run.
//
//   auto keys = latchkey::keys_from_environment();  // LATCHKEY_SECRET
//   if (!keys) return fail(keys.error().detail);
//   auto ring = latchkey::KeyRing::make(std::move(*keys));
//   if (!ring) return fail(ring.error().detail);
//   auto shared = std::make_shared<latchkey::SharedKeyRing>(std::move(*ring));
namespace latchkey {

// weak_secret_reason returns why `secret` is too weak: under 32 bytes, a pattern, too few
// different bytes, a run, a phrase, or a sample from some documentation. Empty text: no weakness
// is known.
std::string_view weak_secret_reason(std::string_view secret) noexcept;

// KeyRing holds one primary key and others that only read. Immutable, thread-safe.
// R numbers are those of docs/requirements.md.
class KeyRing {
 public:
  // make refuses (Errc::bad_config, with the command that makes a good secret) no or two primaries,
  // ill-formed or repeated ids and weak secrets (R119). The secret of a `gone` key is dropped.
  static Result<std::shared_ptr<const KeyRing>> make(std::vector<Key> keys);

  // writer is the key that writes at `now`: the `next` key that was activated last, otherwise the
  // primary.
  const Key& writer(UnixTime now) const noexcept;
  // keys returns every key, the gone ones included, in the order given.
  const std::vector<Key>& keys() const noexcept { return keys_; }
  const Key* find(std::string_view id) const noexcept;

  // derive returns the 32-byte key for one purpose (HKDF-SHA256): text made for one purpose does
  // not open for another (R124). For a gone key it returns bytes that were never used.
  SecretBytes derive(const Key& key, std::string_view purpose) const;

 private:
  explicit KeyRing(std::vector<Key> keys) : keys_(std::move(keys)) {}
  std::vector<Key> keys_;
};

// SharedKeyRing is the ring a process uses now. It is swapped whole while others read; what was
// begun with the old ring ends with it. Thread-safe.
class SharedKeyRing {
 public:
  explicit SharedKeyRing(std::shared_ptr<const KeyRing> ring) : ring_(std::move(ring)) {}
  std::shared_ptr<const KeyRing> get() const;
  void set(std::shared_ptr<const KeyRing> ring);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const KeyRing> ring_;
};

// generate_key draws a key: 32 random bytes as 44 characters of base64, as `openssl rand -base64
// 32` prints them, and an id.
Result<Key> generate_key(KeyState state, UnixTime now, UnixTime activates_at,
                         Entropy& entropy = system_entropy());

// keys_from_text reads secrets separated by commas or blanks, newest first: the first writes, the
// others read. Their ids are derived from the secrets, so every node calls them the same.
std::vector<Key> keys_from_text(std::string_view newest_first);
// keys_from_environment does so with the variable LATCHKEY_SECRET, or SESSION_SECRET.
// Errc::bad_config when neither is set.
Result<std::vector<Key>> keys_from_environment();

}  // namespace latchkey
