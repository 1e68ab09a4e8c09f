#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "latchkey/sqlite.h"
#include "store/sqlite/file/connection.h"
#include "store/sqlite/file/file.h"
#include "store/sqlite/file/schema.h"

namespace latchkey {
namespace sqlite {
namespace {

constexpr Millis kBusy = std::chrono::seconds{30};

Error no_copy(const std::string& path) {
  return {Errc::store_unavailable,
          "the copy " + path + " cannot be written: check the directory and the space on the disk"};
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
  return out + '\'';
}

// SQLite does not wait for the disk when it copies.
Result<void> wait_for_disk(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  return synced ? Result<void>{} : no_copy(path);
}

Result<void> copy_into(const std::string& path, const std::string& copy) {
  Result<FileState> there = look_at(path);
  if (!there) return there.error();
  if (*there != FileState::present) {
    return Error{Errc::store_unavailable, "there is no database " + path};
  }
  // The file comes first, for its mode; SQLite takes one that is empty.
  if (Result<void> made = create_file(copy); !made) return made;
  Result<std::unique_ptr<Connection>> connection = Connection::open(path, {.busy_timeout = kBusy});
  if (!connection) return connection.error();
  (*connection)->leave_log_on_close();
  return (*connection)->exec(("VACUUM INTO " + quoted(copy)).c_str());
}

}  // namespace
}  // namespace sqlite

Result<StoreMeta> check_sqlite(const std::string& path) {
  Result<std::unique_ptr<sqlite::Connection>> connection =
      sqlite::Connection::open(path, {.busy_timeout = sqlite::kBusy});
  if (!connection) return connection.error();
  Result<std::string> sound = (*connection)->value_of("PRAGMA integrity_check");
  if (!sound) return sound.error();
  if (*sound != "ok") {
    return Error{Errc::store_damaged, "the database " + path + " is damaged: " + *sound};
  }
  return sqlite::open_schema(**connection, {.create = false, .busy_timeout = sqlite::kBusy});
}

Result<StoreMeta> back_up_sqlite(const std::string& path, const std::string& copy) {
  if (Result<sqlite::FileState> there = sqlite::look_at(copy);
      !there || *there != sqlite::FileState::missing) {
    return there ? Error{Errc::invalid_argument, copy + " exists: name a new file"} : there.error();
  }
  Result<void> copied = sqlite::copy_into(path, copy);
  if (copied) copied = sqlite::wait_for_disk(copy);
  Result<StoreMeta> meta = copied ? check_sqlite(copy) : Result<StoreMeta>(copied.error());
  if (!meta) ::unlink(copy.c_str());  // a copy that is not sound looks like one that is
  return meta;
}

}  // namespace latchkey
