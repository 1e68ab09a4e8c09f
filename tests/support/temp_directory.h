#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace latchkey::testing {

// TempDirectory is a new empty directory that is gone when it dies.
class TempDirectory {
 public:
  TempDirectory() {
    std::error_code ec;
    path_ = (std::filesystem::temp_directory_path(ec) / "latchkey-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~TempDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace latchkey::testing
