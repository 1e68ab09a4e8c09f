#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/entropy.h"
#include "latchkey/key.h"
#include "latchkey/keyring.h"
#include "latchkey/result.h"

namespace latchkey::server {

// KeyFile is what lies beside the database: which store the keys belong to, and the keys, exactly
// one of them primary. docs/operate.md
struct KeyFile {
  std::string instance;
  std::vector<Key> keys;

  // ring makes what the carriers use of it.
  Result<std::shared_ptr<const KeyRing>> ring() const;
};

// make_key_file makes one primary key.
Result<KeyFile> make_key_file(std::string instance, UnixTime now, Entropy& entropy);

// read_key_file refuses (bad_config, with what to do about it) a file others may read, a file that
// is no regular file, anything but the format written by write_key_file, and weak secrets.
Result<KeyFile> read_key_file(const std::string& path);

// write_key_file makes `path` with mode 0600 in one step: after a crash there is either the whole
// file or none. An existing file is replaced.
Result<void> write_key_file(const std::string& path, const KeyFile& file);

}  // namespace latchkey::server
