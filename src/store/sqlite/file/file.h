#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "latchkey/result.h"

// What the file system says about a database that is a file of its own and two companions.
namespace latchkey::sqlite {

// FileState is what stands at a path before anything is opened.
enum class FileState : std::uint8_t { missing, orphaned_wal, present };

// look_at tells what is at `path`; an Error when the path cannot be looked at or is no file.
Result<FileState> look_at(const std::string& path);

// create_file makes an empty file of mode 0600 whatever the umask; one that exists is left alone.
// SQLite gives -wal and -shm the mode of the database.
Result<void> create_file(const std::string& path);

// make_writable looks whether the database at `path`, its -wal and its -shm can be written, and
// opens nothing. Companions of ours get the mode of the database, which is what SQLite makes them
// with; one that was left behind with another mode would make every write fail. store_read_only
// names the file that cannot be written.
Result<void> make_writable(const std::string& path);

// reserve_log looks whether the disk has room for the log beside `path`, whose size stays as it is.
Result<void> reserve_log(const std::string& path);

// FileGuard notices that an open database was deleted, moved or replaced: SQLite would go on
// writing to files nobody will find again. Thread-safe.
class FileGuard {
 public:
  // `path` is the full name SQLite uses; the files that are there now are the ones to stay.
  // With `refuse_shared`, no other copy of SQLite in this process may have the database open.
  explicit FileGuard(std::string path, bool refuse_shared = false);

  // verify looks now: store_unavailable unless every file is still at its place. When the same
  // files come back, so does the store.
  Result<void> verify() const;
  // verify_alone looks now for another copy of SQLite, where that was asked for.
  Result<void> verify_alone() const;
  // verify_recently looks at most every 100 ms and otherwise repeats the answer; about 5 ns.
  Result<void> verify_recently() const;

 private:
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    bool known = false;
  };
  bool refuse_shared_;
  static Identity identity_of(const std::string& path);
  static constexpr std::array<const char*, 3> kSuffixes{"", "-wal", "-shm"};
  std::array<std::string, kSuffixes.size()> paths_;
  std::array<Identity, kSuffixes.size()> identities_;
  mutable std::atomic<std::int64_t> next_look_{0};
  mutable std::atomic<bool> in_place_{true};
};

}  // namespace latchkey::sqlite
