#include "store/sqlite/file/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "base/platform/platform.h"
#include "store/sqlite/file/descriptors.h"

namespace latchkey::sqlite {
namespace {

constexpr std::int64_t kLookEveryMillis = 100;

Error cannot(std::string_view what) {
  const Errc code =
      errno == EROFS || errno == EACCES ? Errc::store_read_only : Errc::store_unavailable;
  std::string detail{what};
  detail.append(": ").append(std::strerror(errno)).append(": check the path and its permissions");
  return Error{code, std::move(detail)};
}

Result<void> check_access(const std::string& file, int access) {
  if (::faccessat(AT_FDCWD, file.c_str(), access, AT_EACCESS) == 0) return {};
  std::string detail = file.substr(file.rfind('/') + 1);
  detail.append(" is not ours to read and write: ").append(std::strerror(errno));
  detail.append(
      ": give the database, the files -wal and -shm beside it and the directory to this user, with "
      "mode 0600 and 0700");
  return Error{Errc::store_read_only, std::move(detail)};
}

Error displaced() {
  return Error{
      Errc::store_unavailable,
      "the database file, its -wal or its -shm was deleted, moved or replaced while in use: "
      "put the same files back, or stop every program that uses it and restore a backup"};
}

}  // namespace

Result<FileState> look_at(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) {
    if (S_ISREG(found.st_mode)) return FileState::present;
    return Error{Errc::store_unavailable,
                 "the configured database is not a regular file: name a file, not a directory"};
  }
  if (errno == ENOENT && ::lstat(path.c_str(), &found) == 0) {
    return Error{Errc::store_unavailable,
                 "the database is a symbolic link to a file that is missing: restore the file, or "
                 "correct the link"};
  }
  if (errno != ENOENT) {
    return Error{Errc::store_unavailable, std::string("the database file cannot be looked at: ") +
                                              std::strerror(errno) +
                                              ": check the path and its permissions"};
  }
  if (::stat((path + "-wal").c_str(), &found) == 0 && found.st_size > 0) {
    return FileState::orphaned_wal;
  }
  return FileState::missing;
}

Result<void> create_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    if (errno == EEXIST) return {};
    return cannot("the database file " + path + " cannot be made");
  }
  const bool owned = ::fchmod(file, 0600) == 0;
  ::close(file);
  if (!owned) return cannot("the mode of the database file cannot be set");
  return {};
}

// A file that is missing is made later, in the directory.
Result<void> make_writable(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> resolved(::realpath(path.c_str(), nullptr),
                                                        std::free);
  struct stat database {};
  if (resolved == nullptr || ::stat(resolved.get(), &database) != 0) {
    return cannot("the database file cannot be looked at");
  }
  const std::string real = resolved.get();
  if (Result<void> fine = check_access(real, R_OK | W_OK); !fine) return fine;
  bool complete = true;
  for (const char* suffix : {"-wal", "-shm"}) {
    const std::string companion = real + suffix;
    struct stat found {};
    if (::lstat(companion.c_str(), &found) != 0) {
      complete = false;
      continue;
    }
    const mode_t wanted = database.st_mode & 0777;
    const bool ours = S_ISREG(found.st_mode) && found.st_uid == ::geteuid();
    if (ours && (found.st_mode & 0777) != wanted) (void)::chmod(companion.c_str(), wanted);
    if (Result<void> fine = check_access(companion, R_OK | W_OK); !fine) return fine;
  }
  if (complete) return {};
  return check_access(real.substr(0, std::max<std::size_t>(real.rfind('/'), 1)), W_OK | X_OK);
}

Result<void> reserve_log(const std::string& path) {
  constexpr off_t kRoom = 65536;
  const std::string log = path + "-wal";
  const int file = ::open(log.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  struct stat found {};
  if (file < 0 || ::fstat(file, &found) != 0) return cannot("the database log cannot be opened");
  const int failed = platform::reserve_space(file, found.st_size, kRoom);
  ::close(file);
  if (failed != ENOSPC && failed != EDQUOT && failed != EFBIG) return {};  // or it cannot tell
  return Error{Errc::store_read_only,
               "no space is left for the database: free space or raise the quota"};
}

FileGuard::FileGuard(std::string path, bool refuse_shared) : refuse_shared_(refuse_shared) {
  for (std::size_t i = 0; i < kSuffixes.size(); ++i) {
    paths_[i] = path + kSuffixes[i];
    identities_[i] = identity_of(paths_[i]);
  }
}

FileGuard::Identity FileGuard::identity_of(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {};
  return {found.st_dev, found.st_ino, true};
}

Result<void> FileGuard::verify() const {
  bool in_place = true;
  for (std::size_t i = 0; i < kSuffixes.size(); ++i) {
    if (!identities_[i].known) continue;
    const Identity now = identity_of(paths_[i]);
    in_place = in_place && now.known && now.inode == identities_[i].inode &&
               now.device == identities_[i].device;
  }
  in_place_.store(in_place, std::memory_order_relaxed);
  if (!in_place) return displaced();
  return {};
}

Result<void> FileGuard::verify_alone() const {
  if (!refuse_shared_) return {};
  return sqlite::refuse_shared(paths_.front());
}

Result<void> FileGuard::verify_recently() const {
  const std::int64_t now = platform::coarse_millis();
  std::int64_t due = next_look_.load(std::memory_order_relaxed);
  if (now >= due &&
      next_look_.compare_exchange_strong(due, now + kLookEveryMillis, std::memory_order_relaxed)) {
    return verify();
  }
  if (!in_place_.load(std::memory_order_relaxed)) return displaced();
  return {};
}

}  // namespace latchkey::sqlite
