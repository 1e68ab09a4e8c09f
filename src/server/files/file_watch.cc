#include "server/files/file_watch.h"

#include "base/platform/platform.h"

namespace latchkey::server {
namespace {

bool same_file(const struct stat& a, const struct stat& b) noexcept {
  const timespec first = platform::modified_at(a), second = platform::modified_at(b);
  return a.st_ino == b.st_ino && a.st_size == b.st_size && first.tv_sec == second.tv_sec &&
         first.tv_nsec == second.tv_nsec && a.st_mode == b.st_mode;
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
