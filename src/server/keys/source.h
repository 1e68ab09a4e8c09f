#pragma once

#include <memory>

#include "latchkey/store.h"
#include "server/files/data_directory.h"
#include "server/keys/reload.h"
#include "server/settings/config.h"

namespace latchkey::server {

// OpenedKeys are the keys a server starts with, and how it sees them change.
struct OpenedKeys {
  std::shared_ptr<const KeyRing> ring;
  KeyReader reader;
};

// open_keys takes the keys from where keys.source says: the key file of `data`, the environment
// (which cannot change), or `store`, where the first server to come makes the first key.
Result<OpenedKeys> open_keys(const Config& config, const OpenedData& data, Store& store,
                             Entropy& entropy);

}  // namespace latchkey::server
