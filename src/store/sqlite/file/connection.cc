#include "store/sqlite/file/connection.h"

#include <cerrno>

#include "store/sqlite/file/descriptors.h"

namespace latchkey::sqlite {
namespace {

struct Advice {
  Errc code;
  std::string_view text;
};

Advice io_advice(int code, int system_errno) noexcept {
  if (system_errno == EROFS || system_errno == EACCES || system_errno == EPERM) {
    return {Errc::store_read_only,
            "the database file system refuses writes: check its mount options and permissions"};
  }
  if (code == SQLITE_IOERR_SHMSIZE || system_errno == ENOSPC || system_errno == EDQUOT ||
      system_errno == EFBIG) {
    return {Errc::store_read_only,
            "no space is left for the database: free space or raise the quota"};
  }
  if (code == SQLITE_IOERR_CORRUPTFS || code == SQLITE_IOERR_SHORT_READ) {
    return {Errc::store_damaged,
            "the database file is damaged: stop the service and restore a backup"};
  }
  return {Errc::store_unavailable,
          "reading or writing the database failed: check the disk and the kernel log"};
}

Advice advice_for(int code, int system_errno) noexcept {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return {Errc::store_busy,
              "the database is locked by another process: end its long transaction and try again"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {Errc::store_read_only,
              "the database is read-only: make the file, its -wal, its -shm and the directory "
              "writable for this user"};
    case SQLITE_FULL:
      return {Errc::store_read_only,
              "no space is left for the database: free space or raise the quota"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      return {
          Errc::store_damaged,
          "the file is damaged or not an SQLite database: stop the service and restore a backup"};
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return {Errc::invalid_argument, "a value breaks a rule of the table"};
    case SQLITE_TOOBIG:
      return {Errc::too_large, "a value is larger than a database row may be"};
    case SQLITE_CANTOPEN:
      if (system_errno == EACCES || system_errno == EROFS || system_errno == EPERM) {
        return {
            Errc::store_read_only,
            "the database cannot be opened: make the file, its -wal, its -shm and the directory "
            "writable for this user"};
      }
      return {Errc::store_unavailable,
              "the database file cannot be opened: check the path and the permissions"};
    case SQLITE_IOERR:
      return io_advice(code, system_errno);
    case SQLITE_ERROR:
    case SQLITE_SCHEMA:
      return {
          Errc::store_mismatch,
          "the tables of this database are not the expected ones: check which file is configured"};
    default:
      return {Errc::store_unavailable, "the database failed"};
  }
}

}  // namespace

Error error_for(int code, int system_errno, std::string_view message) {
  const Advice advice = advice_for(code, system_errno);
  std::string detail{advice.text};
  detail.append(" (sqlite ").append(std::to_string(code));
  if (!message.empty()) detail.append(": ").append(message);
  detail.append(")");
  return Error{advice.code, std::move(detail)};
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path,
                                                     const ConnectionOptions& options) {
  track_descriptors();
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  if (handle == nullptr) return error_for(SQLITE_NOMEM, 0, "");
  std::unique_ptr<Connection> connection(new Connection(handle));
  if (code != SQLITE_OK) return connection->last_error();
  // Before anything that takes a lock, changing the journal mode included.
  sqlite3_busy_timeout(handle, static_cast<int>(options.busy_timeout.count()));
  const std::string setup =
      "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
      "PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=0;"
      "PRAGMA cache_size=-" +
      std::to_string(options.page_cache_kib) +
      "; PRAGMA mmap_size=" + std::to_string(options.mmap_bytes) +
      (options.read_only ? "; PRAGMA query_only=ON" : "");
  if (options.read_only) connection->leave_log_on_close();
  if (Result<void> set = connection->exec(setup.c_str()); !set) return set.error();
  return connection;
}

Connection::~Connection() {
  for (sqlite3_stmt* statement : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

Result<void> Connection::exec(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return last_error();
  return {};
}

Result<std::string> Connection::value_of(const char* sql) {
  std::string value;
  const auto keep = [](void* out, int, char** columns, char**) {
    *static_cast<std::string*>(out) = columns[0] == nullptr ? "" : columns[0];
    return 0;
  };
  if (sqlite3_exec(handle_, sql, keep, &value, nullptr) != SQLITE_OK) return last_error();
  return value;
}

sqlite3_stmt* Connection::statement(Sql sql) noexcept {
  sqlite3_stmt*& slot = statements_[static_cast<std::size_t>(sql)];
  if (slot == nullptr) {
    const std::string_view text = sql_text(sql);
    sqlite3_prepare_v3(handle_, text.data(), static_cast<int>(text.size()),
                       SQLITE_PREPARE_PERSISTENT, &slot, nullptr);
  }
  return slot;
}

void Connection::leave_log_on_close() noexcept {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Error Connection::last_error() const {
  return error_for(sqlite3_extended_errcode(handle_), sqlite3_system_errno(handle_),
                   sqlite3_errmsg(handle_));
}

Query& Query::bind(std::int64_t value) noexcept {
  note(sqlite3_bind_int64(statement_, ++bound_, value));
  return *this;
}

Query& Query::bind(std::string_view text) noexcept {
  // An empty view may have no address, and SQLite would take a null pointer for NULL.
  const char* data = text.empty() ? "" : text.data();
  note(sqlite3_bind_text64(statement_, ++bound_, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Query& Query::bind_blob(std::span<const std::uint8_t> bytes) noexcept {
  const void* data = bytes.empty() ? "" : static_cast<const void*>(bytes.data());
  note(sqlite3_bind_blob64(statement_, ++bound_, data, bytes.size(), SQLITE_STATIC));
  return *this;
}

Query& Query::bind_null() noexcept {
  note(sqlite3_bind_null(statement_, ++bound_));
  return *this;
}

bool Query::next() noexcept {
  if (code_ != SQLITE_OK) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) code_ = code;
  return false;
}

Result<void> Query::run() {
  while (next()) {
  }
  return status();
}

Result<void> Query::status() const {
  if (code_ == SQLITE_OK) return {};
  return connection_.last_error();
}

std::string_view Query::text(int column) const noexcept {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::span<const std::uint8_t> Query::blob(int column) const noexcept {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

}  // namespace latchkey::sqlite
