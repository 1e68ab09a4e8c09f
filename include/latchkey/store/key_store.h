#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "latchkey/key.h"
#include "latchkey/result.h"

// The part of the store contract that keeps the key ring; see latchkey/store.h.
namespace latchkey {

// StoredKeys is a key ring as a store holds it. Version 0: none was ever put.
struct StoredKeys {
  std::vector<Key> keys{};  // in the order they were put
  std::int64_t version = 0;
};

// KeyStore keeps the key ring of nodes that share a store. Anyone who reads the store can forge
// stateless sessions; keys in files or the environment avoid that.
class KeyStore {
 public:
  virtual ~KeyStore() = default;
  virtual Result<StoredKeys> keys() = 0;
  // put_keys replaces the whole ring atomically if its version is expected_version. False: it has
  // changed. Durable when it returns. It does not check the keys; KeyRing::make does.
  virtual Result<bool> put_keys(std::span<const Key> keys, std::int64_t expected_version) = 0;
};

}  // namespace latchkey
