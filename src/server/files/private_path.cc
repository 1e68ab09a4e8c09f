#include "server/files/private_path.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/bad_config.h"

namespace latchkey::server {
namespace {

bool is_ours(const struct stat& status) noexcept {
  return status.st_uid == ::geteuid() || status.st_uid == 0;
}

std::string owner_text(const struct stat& status, const std::string& path) {
  return " belongs to another user (uid " + std::to_string(status.st_uid) +
         "), who could replace what is in it; run: chown " + std::to_string(::geteuid()) + " " +
         path;
}

}  // namespace

Result<void> check_private_directory(const std::string& directory) {
  struct stat status {};
  const std::string name = "the data directory " + directory;
  if (::stat(directory.c_str(), &status) != 0) {
    return bad_config(name + " cannot be looked at: " + std::strerror(errno));
  }
  if (!is_ours(status)) return bad_config(name + owner_text(status, directory));
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) == 0) return {};
  return bad_config(name +
                    " can be written by others, who could replace its keys; run: chmod go-w " +
                    directory + ", or name a new directory with --data DIR");
}

Result<void> check_private_database(const std::string& directory, const std::string& database) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0 || (status.st_mode & (S_IXGRP | S_IXOTH)) == 0) {
    return {};
  }
  for (const char* end : {"", "-wal", "-shm"}) {
    const std::string path = database + end;
    if (::stat(path.c_str(), &status) != 0) continue;
    if (!is_ours(status)) return bad_config(path + owner_text(status, path));
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) == 0) continue;
    return bad_config(path + " can be read by others; run: chmod 600 " + path);
  }
  return {};
}

std::string exposed_ancestor(const std::string& path) {
  std::error_code ec;
  std::filesystem::path at = std::filesystem::weakly_canonical(path, ec);
  while (!ec && at.has_relative_path()) {
    at = at.parent_path();
    struct stat status {};
    if (::stat(at.c_str(), &status) != 0) continue;
    if ((status.st_mode & S_IWOTH) != 0 && (status.st_mode & S_ISVTX) == 0) return at.string();
  }
  return {};
}

}  // namespace latchkey::server
