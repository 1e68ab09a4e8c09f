#pragma once

#include <sys/stat.h>

#include <string>

namespace latchkey::server {

// FileWatch tells whether the file at a path was replaced, written or given another mode since the
// last look. One call of the system. Not thread-safe.
class FileWatch {
 public:
  explicit FileWatch(std::string path) : path_(std::move(path)) {}

  const std::string& path() const noexcept { return path_; }
  // changed is true at the first look, unless there is no file.
  bool changed() noexcept;

 private:
  const std::string path_;
  struct stat seen_ {};  // zeros: there was no file
};

}  // namespace latchkey::server
