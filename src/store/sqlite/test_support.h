#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "latchkey/sqlite.h"
#include "store/sqlite/file/connection.h"
#include "store/sqlite/file/file.h"

// What the tests of the SQLite store share.
namespace latchkey::sqlite::testing {

// TempDir is a directory that goes with the test: in memory where the system has such a place,
// since thousands of small synced commits would otherwise measure the disk.
class TempDir {
 public:
  TempDir() {
    std::error_code ignored;
    const bool memory = std::filesystem::is_directory("/dev/shm", ignored);
    const std::filesystem::path base = memory ? "/dev/shm" : std::filesystem::temp_directory_path();
    std::string name = (base / "latchkey-sqlite-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::string& path() const { return path_; }
  std::string file(const std::string& name = "sessions.db") const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline constexpr UnixTime kNow = from_unix_millis(1'800'000'000'000);
inline constexpr Millis kHour = std::chrono::hours{1};

// make_id spreads a number over an id the way random ids are spread.
inline SessionId make_id(std::uint64_t number) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text(SessionId::kLength, 'A');
  std::uint64_t state = number;
  for (char& c : text) {
    state = (state + 0x9e3779b97f4a7c15U) * 0xbf58476d1ce4e5b9U;
    c = kAlphabet[(state >> 40) % kAlphabet.size()];
  }
  return *SessionId::parse(text);
}

inline SessionRecord make_record(std::uint64_t number, const std::string& user = "u1") {
  SessionRecord record;
  record.id = make_id(number);
  record.secret_hash.bytes.fill(static_cast<std::uint8_t>(number));
  if (!user.empty()) record.user_id = *UserId::parse(user);
  record.created_at = kNow;
  record.authenticated_at = kNow;
  record.last_seen_at = kNow;
  record.idle_expires_at = kNow + 24 * kHour;
  record.absolute_expires_at = kNow + 720 * kHour;
  record.idle = 24 * kHour;
  record.level = 1;
  return record;
}

inline std::unique_ptr<Store> open_or_fail(const std::string& path, SqliteOptions options = {}) {
  options.path = path;
  Result<std::unique_ptr<Store>> store = open_sqlite(options);
  if (!store) {
    ADD_FAILURE() << store.error().detail;
    return nullptr;
  }
  return *std::move(store);
}

inline bool insert_ok(Store& store, const SessionRecord& record,
                      InsertOptions options = {.now = kNow}) {
  Result<InsertOutcome> outcome = store.sessions().insert(record, options);
  if (!outcome) ADD_FAILURE() << outcome.error().detail;
  return outcome && outcome->status == InsertStatus::inserted;
}

inline Found find_or_fail(Store& store, const SessionId& id, bool with_user = false) {
  Result<std::vector<Found>> found =
      store.sessions().find({&id, 1}, {.with_user = with_user, .fresh = false});
  if (!found) {
    ADD_FAILURE() << found.error().detail;
    return {};
  }
  return found->front();
}

// open_plain opens or makes the file as any other program would.
inline std::unique_ptr<Connection> open_plain(const std::string& path) {
  EXPECT_TRUE(create_file(path));
  Result<std::unique_ptr<Connection>> connection =
      Connection::open(path, {.busy_timeout = std::chrono::seconds{5}});
  if (!connection) {
    ADD_FAILURE() << connection.error().detail;
    return nullptr;
  }
  return *std::move(connection);
}

// value_or_fail is the first column of a query's last row.
inline std::string value_or_fail(Connection& connection, const std::string& sql) {
  Result<std::string> value = connection.value_of(sql.c_str());
  if (!value) {
    ADD_FAILURE() << value.error().detail;
    return {};
  }
  return *value;
}

// Child is another process running `body`, started before the test makes any thread. It exits with
// what `body` returns.
class Child {
 public:
  explicit Child(const std::function<int()>& body) : pid_(::fork()) {
    if (pid_ == 0) ::_exit(body());
  }
  ~Child() {
    if (pid_ > 0) wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  int wait() {
    int status = -1;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_;
};

}  // namespace latchkey::sqlite::testing
