#include <pthread.h>
#include <sys/stat.h>

#include <new>

#include "base/log.h"
#include "base/mutex.h"
#include "latchkey/sqlite.h"
#include "store/forked_store.h"
#include "store/sqlite/file/descriptors.h"
#include "store/sqlite/file/reader.h"
#include "store/sqlite/file/schema.h"
#include "store/sqlite/file/writer.h"
#include "store/sqlite/records/counters.h"
#include "store/sqlite/records/events.h"
#include "store/sqlite/records/keys.h"
#include "store/sqlite/records/one_time.h"
#include "store/sqlite/records/sessions.h"
#include "store/sqlite/records/users.h"
#include "store/sqlite/scan.h"

namespace latchkey {
namespace sqlite {
namespace {

// A process must not close a descriptor of its own on a file SQLite has open: POSIX drops every
// lock of the process on it. Openings of one process therefore follow one another.
// A child has one thread, which opens nothing: it begins with a lock that nobody holds.
Mutex g_opening;
const int g_after_fork = ::pthread_atfork(nullptr, nullptr, [] { new (&g_opening) Mutex; });

Result<void> check_options(const SqliteOptions& options) {
  const bool fine = !options.path.empty() && options.path != ":memory:" &&
                    options.path.find('\0') == std::string::npos && options.max_group > 0 &&
                    options.busy_timeout >= Millis{0} && options.read_timeout >= Millis{0} &&
                    options.watch_every > Millis{0} && options.page_cache_kib > 0 &&
                    options.mmap_bytes >= 0;
  if (fine) return {};
  return Error{Errc::bad_config,
               "SqliteOptions: needs a file path, a group and a page cache of at least 1, "
               "watch_every above 0 and timeouts of at least 0"};
}

Result<void> find_or_create(const SqliteOptions& options) {
  Result<FileState> state = look_at(options.path);
  if (!state) return state.error();
  if (*state == FileState::present) return {};
  if (*state == FileState::orphaned_wal) {
    return Error{Errc::store_unavailable,
                 "the database file is missing but its -wal file is there: put the database back, "
                 "or remove the -wal file to begin anew"};
  }
  if (!options.create || !options.expected_instance.empty()) {
    return Error{
        Errc::store_unavailable,
        "the database file is missing: check the path and that its file system is mounted"};
  }
  return create_file(options.path);
}

// The file that was opened must be the one that stands at the path now.
Result<void> check_not_moved(Connection& connection) {
  int moved = 0;
  sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  if (moved == 0) return {};
  return Error{Errc::store_unavailable,
               "the database file was moved while it was being opened: try again"};
}

void warn_about_mode(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0 || (found.st_mode & 077) == 0) return;
  log(LogLevel::warn, "store_permissions",
      {{"detail", "other users may read or write the database file: chmod 600 it"}});
}

// In the order of dependence; destroyed from the end.
struct Parts {
  Parts(const SqliteOptions& options, const std::string& path,
        std::unique_ptr<Connection> connection, std::unique_ptr<Connection> checkpoints,
        const StoreMeta& opened)
      : guard(path, options.refuse_shared),
        writer(
            std::move(connection),
            checkpoints ? std::make_unique<Checkpointer>(std::move(checkpoints), guard) : nullptr,
            guard,
            {.instance = opened.instance,
             .busy_timeout = options.busy_timeout,
             .watch_every = options.watch_every,
             .max_group = options.max_group}),
        readers(path,
                {.read_only = true,
                 .busy_timeout = options.read_timeout,
                 .mmap_bytes = options.mmap_bytes,
                 .page_cache_kib = options.page_cache_kib},
                guard),
        sessions(readers, writer, opened.instance),
        users(readers, writer),
        keys(readers, writer, opened.instance),
        counters(readers, writer),
        one_time(readers, writer),
        events(readers, writer),
        meta(readers, guard, opened),
        scan(readers) {}

  FileGuard guard;
  Writer writer;  // closes after the readers, so that it is the one to empty the log
  ReaderPool readers;
  SqliteSessions sessions;
  SqliteUsers users;
  SqliteKeys keys;
  DenyStore& denials = keys;
  SqliteCounters counters;
  SqliteOneTime one_time;
  SqliteEvents events;
  SqliteMeta meta;
  SqliteScan scan;
};

// Before SQLite opens anything: it gives -shm the mode of a database that cannot be written.
Result<void> look_before(const SqliteOptions& options) {
  if (Result<void> there = find_or_create(options); !there) return there;
  if (Result<void> own = refuse_inherited(options.path); !own) return own;
  if (options.refuse_shared) {
    if (Result<void> alone = refuse_shared(options.path); !alone) return alone;
  }
  warn_about_mode(options.path);
  return options.read_only ? Result<void>{} : make_writable(options.path);
}

// Whatever the file system says: is the log ours to write? Nothing is written. A lock that somebody
// holds is held by one who writes.
Result<void> probe_write(Connection& connection, const std::string& path) {
  if (connection.read_only()) return error_for(SQLITE_READONLY, 0, "");
  sqlite3_busy_timeout(connection.handle(), 0);
  Result<void> begun = connection.exec("BEGIN IMMEDIATE");
  if (!begun) return begun.error().code == Errc::store_busy ? Result<void>{} : begun;
  if (Result<void> ended = connection.exec("ROLLBACK"); !ended) return ended;
  return reserve_log(path);
}

Result<std::unique_ptr<Store>> open_store(const SqliteOptions& options) {
  if (Result<void> fine = look_before(options); !fine) return fine.error();
  const ConnectionOptions connection_options{.read_only = false,
                                             .busy_timeout = options.busy_timeout,
                                             .mmap_bytes = options.mmap_bytes,
                                             .page_cache_kib = options.page_cache_kib};
  Result<std::unique_ptr<Connection>> connection =
      Connection::open(options.path, connection_options);
  if (!connection) return connection.error();
  Result<StoreMeta> meta =
      open_schema(**connection, {.create = options.create,
                                 .expected_instance = options.expected_instance,
                                 .busy_timeout = options.busy_timeout,
                                 .adopt = options.adopt});
  if (!meta) return meta.error();
  if (Result<void> same = check_not_moved(**connection); !same) return same.error();
  // Links are resolved: the companions stand beside the real file.
  const std::string path = sqlite3_db_filename((*connection)->handle(), "main");
  if (!options.read_only) {
    if (Result<void> fine = probe_write(**connection, path); !fine) return fine.error();
  }
  std::unique_ptr<Connection> checkpoints;
  if (!(*connection)->read_only()) {
    Result<std::unique_ptr<Connection>> opened = Connection::open(path, {.page_cache_kib = 256});
    if (!opened) return opened.error();
    (*opened)->leave_log_on_close();
    checkpoints = *std::move(opened);
  }
  return std::unique_ptr<Store>(std::make_unique<ForkedStore<Parts>>(make_fork_owned<Parts>(
      options, path, *std::move(connection), std::move(checkpoints), *meta)));
}

}  // namespace
}  // namespace sqlite

Result<std::unique_ptr<Store>> open_sqlite(const SqliteOptions& options) {
  if (Result<void> fine = sqlite::check_options(options); !fine) return fine.error();
  MutexLock lock(sqlite::g_opening);
  return sqlite::open_store(options);
}

}  // namespace latchkey
