#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "latchkey/result.h"
#include "latchkey/secret.h"

namespace latchkey::server {

inline constexpr std::size_t kMaxSecretFileBytes = 65536;

// Descriptor closes a file when it dies.
class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const noexcept { return fd_; }

 private:
  int fd_;
};

// read_secret_file reads a regular file of ours or of root that nobody but its owner may read;
// anything else is bad_config, with what to do about it. `kind` is what messages call the file.
Result<SecretBytes> read_secret_file(const std::string& path, std::string_view kind);

}  // namespace latchkey::server
