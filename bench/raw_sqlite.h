#pragma once

#include <sqlite3.h>

#include <string>

#include "bench/harness.h"

// SQLite without anything of ours: what the limits of the store benchmarks are made of.
namespace latchkey::bench {

class RawDatabase {
 public:
  explicit RawDatabase(const std::string& path) {
    check(sqlite3_open_v2(path.c_str(), &db_,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                          nullptr) == SQLITE_OK,
          "open " + path);
  }
  ~RawDatabase() { sqlite3_close(db_); }
  RawDatabase(const RawDatabase&) = delete;
  RawDatabase& operator=(const RawDatabase&) = delete;

  void run(const char* sql) {
    check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sqlite3_errmsg(db_));
  }
  sqlite3* get() { return db_; }

 private:
  sqlite3* db_ = nullptr;
};

class RawStatement {
 public:
  RawStatement(RawDatabase& db, const char* sql) {
    check(sqlite3_prepare_v3(db.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) ==
              SQLITE_OK,
          sqlite3_errmsg(db.get()));
  }
  ~RawStatement() { sqlite3_finalize(statement_); }
  RawStatement(const RawStatement&) = delete;
  RawStatement& operator=(const RawStatement&) = delete;

  void text(int at, const char* data, std::size_t size) {
    sqlite3_bind_text(statement_, at, data, static_cast<int>(size), SQLITE_STATIC);
  }
  void blob(int at, const void* data, std::size_t size) {
    sqlite3_bind_blob(statement_, at, data, static_cast<int>(size), SQLITE_STATIC);
  }
  void number(int at, std::int64_t value) { sqlite3_bind_int64(statement_, at, value); }
  // step returns whether there is a row.
  bool step() {
    const int status = sqlite3_step(statement_);
    check(status == SQLITE_ROW || status == SQLITE_DONE, "step");
    return status == SQLITE_ROW;
  }
  void reset() { sqlite3_reset(statement_); }
  sqlite3_stmt* get() { return statement_; }

 private:
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace latchkey::bench
