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

// Keys for every carrier but `stored`, and how they change while requests run.
//
//   auto keys = latchkey::keys_from_environment();  // LATCHKEY_SECRET
//   if (!keys) return fail(keys.error().detail);
//   auto ring = latchkey::KeyRing::make(std::move(*keys));
//   if (!ring) return fail(ring.error().detail);
//   auto shared = std::make_shared<latchkey::SharedKeyRing>(std::move(*ring));
namespace latchkey {

// weak_secret_reason returns why `secret` is none: under 32 bytes, a pattern, too few different
// bytes, a run, a phrase, a sample out of somebody's documentation. Empty text: nothing is known
// against it.
std::string_view weak_secret_reason(std::string_view secret) noexcept;

// KeyRing is the keys of one moment: one primary, others that read. Immutable, thread-safe.
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

  // derive returns the 32 bytes `key` has for one purpose (HKDF-SHA256): text made for one purpose
  // is noise to every other (R124). For a gone key they are bytes that nothing was ever made with.
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
