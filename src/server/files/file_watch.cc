#include "server/files/file_watch.h"

namespace latchkey::server {
namespace {

bool same_file(const struct stat& a, const struct stat& b) noexcept {
  return a.st_ino == b.st_ino && a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec && a.st_mode == b.st_mode;
}

}  // namespace

bool FileWatch::changed() noexcept {
  struct stat now {};
  if (::stat(path_.c_str(), &now) != 0) now = {};
  if (same_file(now, seen_)) return false;
  seen_ = now;
  return true;
}

}  // namespace latchkey::server
