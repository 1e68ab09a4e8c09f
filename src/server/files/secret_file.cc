#include "server/files/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "server/files/descriptor.h"

namespace latchkey::server {

Result<SecretBytes> read_secret_file(const std::string& path, std::string_view kind) {
  const auto bad = [&](std::string_view text) {
    std::string detail{"the "};
    detail.append(kind).append(" ").append(path).append(" ").append(text);
    return Error{Errc::bad_config, std::move(detail)};
  };
  const auto unreadable = [&](int error) {
    return bad(std::string{"cannot be read: "}.append(std::strerror(error)));
  };
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (file.get() < 0) return unreadable(errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return unreadable(errno);
  if (!S_ISREG(status.st_mode)) return bad("is not a regular file");
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return bad("belongs to another user (uid " + std::to_string(status.st_uid) + "); run: chown " +
               std::to_string(::geteuid()) + " " + path);
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return bad("can be read by others; run: chmod 600 " + path);
  }
  if (status.st_size > static_cast<off_t>(kMaxSecretFileBytes))
    return bad(std::string{"is no "}.append(kind));
  SecretBytes text(static_cast<std::size_t>(status.st_size));
  std::size_t got = 0;
  while (got < text.size()) {
    const ssize_t bytes = ::read(file.get(), text.mutable_bytes().data() + got, text.size() - got);
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes <= 0) return unreadable(bytes < 0 ? errno : EIO);
    got += static_cast<std::size_t>(bytes);
  }
  return text;
}

}  // namespace latchkey::server
