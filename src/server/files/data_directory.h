#pragma once

#include <memory>
#include <string>

#include "latchkey/open_store.h"
#include "latchkey/result.h"
#include "server/keys/file.h"

namespace latchkey::server {

// OpenedData is the store and its keys, proven to belong together.
struct OpenedData {
  std::unique_ptr<Store> store;
  KeyFile keys;
  bool made_store = false;  // this was the first start
  bool made_keys = false;
};

std::string database_path(const std::string& directory);
std::string key_file_path(const std::string& directory);

// store_place names engine and place of the store that open_data opens, without a password:
// "sqlite:/var/lib/latchkey/latchkey.db".
std::string store_place(const std::string& directory, const std::string& store_url);

// open_data opens the store of `store_url` (empty: latchkey.db of `directory`) and latchkey.key of
// `directory`, and makes what is missing on the first start. A key file without its store, or with
// another one, is refused: a lost store has failed, it is not empty. Errors say what an operator
// can do.
Result<OpenedData> open_data(const std::string& directory, const std::string& store_url,
                             OpenStoreOptions options, Entropy& entropy);

}  // namespace latchkey::server
