#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/fork.h"
#include "base/mutex.h"
#include "store/sqlite/file/connection.h"
#include "store/sqlite/file/file.h"

// The tables of the npm package lucia 3, opened as they are: `session(id, expires_at, user_id,
// ...)` with times in seconds, and `user(id, ...)`; every further column is an attribute.
// docs/formats/lucia.md
namespace latchkey::sqlite {

struct LuciaOptions {
  std::string path{};
  std::string session_table = "session";
  std::string user_table = "user";
  bool hashed_ids = false;  // the id column holds the SHA-256 of a session's id, in hex
  bool refuse_shared = false;
  Millis busy_timeout = std::chrono::seconds{5};
  Millis read_timeout = std::chrono::milliseconds{150};
};

// LuciaValue is a column of any type; an id of a user may be a number.
using LuciaValue =
    std::variant<std::monostate, std::int64_t, double, std::string, std::vector<std::uint8_t>>;
using LuciaColumns = std::vector<std::pair<std::string, LuciaValue>>;

// LuciaView is a column that was not copied.
using LuciaView = std::variant<std::monostate, std::int64_t, double, std::string_view,
                               std::span<const std::uint8_t>>;

// LuciaShape names the columns of a row: first the session's, then the user's.
struct LuciaShape {
  std::vector<std::string> names{};
  std::size_t session_columns = 0;
  std::size_t session_id = 0;       // where the session's id is, the id of its user as the session
  std::size_t session_user_id = 0;  // has it, and the user's id (past the end in a list)
  std::size_t user_id = 0;
  int generation = 0;  // grows when the tables were altered
};

// LuciaSink takes rows; the views live until it returns.
using LuciaSink = std::function<void(const LuciaShape& shape, std::span<const LuciaView> row)>;

// LuciaTables reads and writes such a database. Thread-safe. Names are quoted, and a column that
// the table does not have is refused before it gets anywhere near a statement.
class LuciaTables {
 public:
  static Result<std::unique_ptr<LuciaTables>> open(const LuciaOptions& options);
  ~LuciaTables();

  // find gives the session of `id` and its user to `sink`: one row or none, by one statement. The
  // user's columns are all NULL when there is no user.
  Result<void> find(std::string_view id, const LuciaSink& sink);
  // shape tells what the rows of the latest find looked like.
  LuciaShape shape();
  // list gives every session of a user, without the user's columns.
  Result<void> list(const LuciaValue& user, const LuciaSink& sink);

  // insert adds a row. Writes are durable as the database's own settings say. `attributes` must not
  // name id, user_id or expires_at: invalid_argument, as for a column that is not there.
  Result<void> insert(std::string_view id, const LuciaValue& user, std::int64_t expires_at,
                      const LuciaColumns& attributes);
  // extend moves the end of a session. It changes nothing when the session has gone.
  Result<void> extend(std::string_view id, std::int64_t expires_at);
  // update sets columns of a session. False: there is none.
  Result<bool> update(std::string_view id, const LuciaColumns& attributes);
  // remove ends a session. False: there was none.
  Result<bool> remove(std::string_view id);
  // remove_user ends the sessions of a user but `except` (empty: all), in one statement.
  Result<void> remove_user(const LuciaValue& user, std::string_view except);
  Result<void> remove_expired(std::int64_t now);
  // add_indexes makes the indexes on user_id and expires_at that Lucia's tables come without.
  Result<void> add_indexes();

 private:
  // Read is one statement kept prepared, and what its rows look like.
  struct Read {
    std::string sql;
    bool one_row = false;  // more are not looked for
    sqlite3_stmt* statement = nullptr;
    LuciaShape shape{};
    int prepared = -1;  // how often SQLite prepared it when the shape was read
  };
  LuciaTables(const LuciaOptions& options, std::string path, std::unique_ptr<Connection> reader,
              std::unique_ptr<Connection> writer);
  template <class Key>  // LuciaValue or LuciaView
  Result<void> read(Read& read, const Key& key, const LuciaSink& sink)
      LATCHKEY_REQUIRES(read_mutex_);
  void read_shape(Read& read) LATCHKEY_REQUIRES(read_mutex_);
  std::string stored(std::string_view id) const;
  // write runs one statement with these parameters and returns how many rows changed.
  Result<std::int64_t> write(const std::string& sql, const std::vector<LuciaValue>& values);
  Result<void> check_names(const LuciaColumns& attributes);

  const ForkGuard forked_;
  LuciaOptions options_;
  FileGuard guard_;
  Mutex read_mutex_;
  Mutex write_mutex_;
  std::unique_ptr<Connection> reader_ LATCHKEY_GUARDED_BY(read_mutex_);
  Read find_ LATCHKEY_GUARDED_BY(read_mutex_);
  Read list_ LATCHKEY_GUARDED_BY(read_mutex_);
  std::vector<LuciaView> row_ LATCHKEY_GUARDED_BY(read_mutex_);
  std::unique_ptr<Connection> writer_ LATCHKEY_GUARDED_BY(write_mutex_);
};

}  // namespace latchkey::sqlite
