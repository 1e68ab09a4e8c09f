#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "latchkey/result.h"
#include "server/files/descriptor.h"

namespace latchkey::server {

// SocketRights say who may connect to a unix socket: users who may write to its file.
struct SocketRights {
  std::uint32_t mode = 0660;
  std::string group{};  // a name; empty: the group of the process
};

// SocketFile is a unix socket that listens, and its file. The file appears under its name once
// connections are accepted and belongs to whom it should, so nobody gets in before, and clients
// that connect while one server follows another always find one.
//
//   auto file = SocketFile::open("/run/latchkey/latchkey.sock", {.mode = 0660, .group =
//   "www-data"}); if (!file) return file.error();
class SocketFile {
 public:
  // open replaces a socket at which nobody listens any more. Refuses, with bad_config, a path where
  // a server listens or where something else lies, and a group that does not exist.
  static Result<std::unique_ptr<SocketFile>> open(const std::string& path,
                                                  const SocketRights& rights);
  ~SocketFile();  // remove()
  SocketFile(const SocketFile&) = delete;
  SocketFile& operator=(const SocketFile&) = delete;

  int fd() const noexcept { return socket_.get(); }
  // remove deletes the file, unless another server has put its own there meanwhile.
  void remove() noexcept;

 private:
  SocketFile() = default;

  Descriptor socket_;
  std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace latchkey::server
