#include "server/listen/socket_file.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "base/bad_config.h"
#include "base/platform/platform.h"

namespace latchkey::server {
namespace {

constexpr int kFileBacklog = 1024;
// A server that starts or ends holds the lock for some microseconds.
constexpr int kLockTries = 200;
constexpr useconds_t kLockPause = 10'000;

Error bad_socket_errno(const std::string& what) {
  return bad_config(what + ": " + std::strerror(errno));
}

sockaddr_un address_of(const std::string& path) noexcept {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  return address;
}

// Of two servers that start at the same moment only one looks at the socket of before. The folder
// is locked, because a lock file would stay behind.
Result<Descriptor> lock_folder(const std::string& path) {
  const std::string folder = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
  Descriptor lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock) return bad_socket_errno(folder);
  for (int i = 0; i < kLockTries; ++i) {
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
    ::usleep(kLockPause);
  }
  return bad_config("another process holds a lock on " + folder);
}

Result<std::optional<gid_t>> find_group(const std::string& name) {
  if (name.empty()) return std::optional<gid_t>{};
  std::vector<char> memory(1 << 16);
  group found{};
  group* result = nullptr;
  ::getgrnam_r(name.c_str(), &found, memory.data(), memory.size(), &result);
  if (result == nullptr) return bad_config("server.socket_group: there is no group " + name);
  return std::optional{result->gr_gid};
}

// What lies at `path` must be a socket of a server that has ended.
Result<void> check_replaceable(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    return errno == ENOENT ? Result<void>{} : Result<void>{bad_socket_errno(path)};
  }
  if (!S_ISSOCK(status.st_mode)) {
    return bad_config("it is there already and is no socket; remove it, or choose another path");
  }
  const Descriptor probe(platform::open_unblocked_socket(AF_UNIX, SOCK_STREAM));
  const sockaddr_un address = address_of(path);
  // A full queue is EAGAIN: somebody listens, too.
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
      errno == EAGAIN) {
    return bad_config("another server listens there");
  }
  return errno == ECONNREFUSED ? Result<void>{} : Result<void>{bad_socket_errno(path)};
}

Result<void> give_rights(const std::string& path, const SocketRights& rights,
                         std::optional<gid_t> group) {
  if (group && ::chown(path.c_str(), static_cast<uid_t>(-1), *group) != 0) {
    return bad_socket_errno("cannot give it to the group " + rights.group);
  }
  if (::chmod(path.c_str(), rights.mode) != 0) return bad_socket_errno("cannot set its mode");
  return {};
}

}  // namespace

Result<std::unique_ptr<SocketFile>> SocketFile::open(const std::string& path,
                                                     const SocketRights& rights) {
  const auto group = find_group(rights.group);
  if (!group) return group.error();
  const Result<Descriptor> lock = lock_folder(path);
  if (!lock) return lock.error();
  if (Result<void> free = check_replaceable(path); !free) return free.error();

  std::unique_ptr<SocketFile> made(new SocketFile);
  made->socket_.reset(platform::open_socket(AF_UNIX, SOCK_STREAM));
  const std::string beside = path + '~';
  const sockaddr_un address = address_of(beside);
  if (Result<void> left = check_replaceable(beside); !left) return left.error();
  ::unlink(beside.c_str());  // of a server that was killed right here
  const auto* any = reinterpret_cast<const sockaddr*>(&address);
  if (::bind(made->socket_.get(), any, sizeof address) != 0) return bad_socket_errno(beside);
  // Nobody can connect before it listens, whatever its mode is until then.
  Result<void> done = give_rights(beside, rights, *group);
  struct stat status {};
  if (done &&
      (::listen(made->socket_.get(), kFileBacklog) != 0 || ::stat(beside.c_str(), &status) != 0 ||
       ::rename(beside.c_str(), path.c_str()) != 0)) {
    done = bad_socket_errno(path);
  }
  if (!done) {
    ::unlink(beside.c_str());
    return done.error();
  }
  made->path_ = path;
  made->device_ = status.st_dev;
  made->inode_ = status.st_ino;
  return made;
}

SocketFile::~SocketFile() { remove(); }

void SocketFile::remove() noexcept {
  if (path_.empty()) return;
  const std::string path = std::exchange(path_, {});
  const Result<Descriptor> lock = lock_folder(path);
  if (!lock) return;
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return;
  if (status.st_dev == device_ && status.st_ino == inode_) ::unlink(path.c_str());
}

}  // namespace latchkey::server
