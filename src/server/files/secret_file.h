#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "latchkey/result.h"
#include "latchkey/secret.h"

namespace latchkey::server {

inline constexpr std::size_t kMaxSecretFileBytes = 65536;

// read_secret_file reads a regular file of ours or of root that nobody but its owner may read;
// anything else is bad_config, with what to do about it. `kind` is what messages call the file.
Result<SecretBytes> read_secret_file(const std::string& path, std::string_view kind);

}  // namespace latchkey::server
