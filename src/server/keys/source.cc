#include "server/keys/source.h"

#include <utility>

namespace latchkey::server {
namespace {

Result<OpenedKeys> with_ring(std::vector<Key> keys, KeyReader reader) {
  auto ring = KeyRing::make(std::move(keys));
  if (!ring) return ring.error();
  return OpenedKeys{std::move(*ring), std::move(reader)};
}

Result<OpenedKeys> from_environment() {
  auto keys = keys_from_environment();
  if (!keys) return keys.error();
  return with_ring(std::move(*keys), [](bool) { return std::optional<std::vector<Key>>{}; });
}

Result<OpenedKeys> from_store(KeyStore& store, Entropy& entropy) {
  auto stored = store.keys();
  if (!stored) return stored.error();
  if (stored->version == 0) {
    const UnixTime now = system_clock().now();
    std::vector<Key> first;
    auto made = generate_key(KeyState::primary, now, now, entropy);
    if (!made) return made.error();
    first.push_back(std::move(*made));
    // False: another server was first, and its key is the one to use.
    if (auto put = store.put_keys(first, 0); !put) return put.error();
    stored = store.keys();
    if (!stored) return stored.error();
  }
  return with_ring(std::move(stored->keys), read_stored_keys(store));
}

}  // namespace

Result<OpenedKeys> open_keys(const Config& config, const OpenedData& data, Store& store,
                             Entropy& entropy) {
  if (config.key_source == KeySource::environment) return from_environment();
  if (config.key_source == KeySource::store) return from_store(store.keys(), entropy);
  auto ring = data.keys.ring();
  if (!ring) return ring.error();
  return OpenedKeys{std::move(*ring),
                    read_key_file_again(key_file_path(config.data), data.keys.instance)};
}

}  // namespace latchkey::server
