#pragma once

#include <sqlite3.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "latchkey/result.h"
#include "latchkey/time.h"
#include "store/sqlite/file/sql.h"

// A thin layer over SQLite's C interface: a connection that owns its prepared statements, and a
// query that binds, steps and always resets. Nothing here knows what a session is.
namespace latchkey::sqlite {

struct ConnectionOptions {
  bool read_only = false;  // the connection refuses writes; it may still recover the WAL
  Millis busy_timeout{0};
  std::int64_t mmap_bytes = 0;
  std::int64_t page_cache_kib = 16384;
};

// error_for translates an extended result code. `message` is SQLite's own text, which never holds
// bound values; `system_errno` is 0 or what the operating system said.
Error error_for(int code, int system_errno, std::string_view message);

// Connection is one connection and its cached statements. One thread at a time.
class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const std::string& path,
                                                  const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // exec runs SQL that has no parameters and no result of interest.
  Result<void> exec(const char* sql);
  // value_of runs SQL and returns the first column of its last row as text.
  Result<std::string> value_of(const char* sql);
  // statement returns the cached statement, preparing it at its first use; nullptr on failure.
  sqlite3_stmt* statement(Sql sql) noexcept;

  // last_error describes the failure of the latest call on this connection.
  Error last_error() const;
  std::int64_t changes() const noexcept { return sqlite3_changes64(handle_); }
  bool in_transaction() const noexcept { return sqlite3_get_autocommit(handle_) == 0; }
  bool read_only() const noexcept { return sqlite3_db_readonly(handle_, "main") == 1; }
  // leave_log_on_close keeps the closing connection from copying and deleting the write-ahead log.
  void leave_log_on_close() noexcept;
  sqlite3* handle() noexcept { return handle_; }

 private:
  explicit Connection(sqlite3* handle) : handle_(handle) {}
  sqlite3* handle_;
  std::array<sqlite3_stmt*, kSqlCount> statements_{};
};

// Query runs one cached statement once. Parameters are bound in the order of their numbers; bound
// views must live until the query dies. Columns are valid until the next call of next().
class Query {
 public:
  Query(Connection& connection, Sql sql) noexcept
      : connection_(connection), statement_(connection.statement(sql)) {
    if (statement_ == nullptr) code_ = SQLITE_ERROR;
  }
  ~Query() { sqlite3_reset(statement_); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  Query& bind(std::int64_t value) noexcept;
  Query& bind(std::string_view text) noexcept;
  Query& bind_blob(std::span<const std::uint8_t> bytes) noexcept;
  Query& bind_null() noexcept;
  Query& bind(UnixTime time) noexcept { return bind(to_unix_millis(time)); }
  // bind_or_null binds NULL for an empty text.
  Query& bind_or_null(std::string_view text) noexcept {
    return text.empty() ? bind_null() : bind(text);
  }

  // next returns true when there is a row. False: the end, or a failure (see error()).
  bool next() noexcept;
  // run steps to the end and ignores rows.
  Result<void> run();
  // status is an error when the latest step or bind failed.
  Result<void> status() const;
  bool failed() const noexcept { return code_ != SQLITE_OK; }
  // code is SQLite's extended result code of the latest step or bind.
  int code() const noexcept { return code_; }

  std::int64_t integer(int column) const noexcept {
    return sqlite3_column_int64(statement_, column);
  }
  UnixTime time(int column) const noexcept { return from_unix_millis(integer(column)); }
  std::string_view text(int column) const noexcept;
  std::span<const std::uint8_t> blob(int column) const noexcept;
  bool is_null(int column) const noexcept {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }

 private:
  void note(int code) noexcept {
    if (code != SQLITE_OK && code_ == SQLITE_OK) code_ = code;
  }
  Connection& connection_;
  sqlite3_stmt* statement_;
  int bound_ = 0;
  int code_ = SQLITE_OK;
};

// ReadTransaction lets several queries see one moment. Ending it writes nothing and cannot fail.
class ReadTransaction {
 public:
  explicit ReadTransaction(Connection& connection)
      : connection_(connection), begun_(Query(connection, Sql::begin_read).run()) {}
  ~ReadTransaction() {
    if (connection_.in_transaction()) (void)Query(connection_, Sql::commit).run();
  }
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;
  const Result<void>& begun() const noexcept { return begun_; }

 private:
  Connection& connection_;
  Result<void> begun_;
};

}  // namespace latchkey::sqlite
