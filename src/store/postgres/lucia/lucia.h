#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fork.h"
#include "latchkey/result.h"
#include "latchkey/time.h"
#include "store/lucia/reader.h"
#include "store/postgres/records/rows.h"

// The tables of the npm package lucia 3 on PostgreSQL, opened as they are: user_session(id,
// expires_at, user_id, ...) with times as timestamptz, and auth_user(id, ...); every further column
// is an attribute. docs/formats/lucia.md
namespace latchkey::postgres {

struct LuciaOptions {
  std::string url{};  // as in PostgresOptions
  // A name with dots is schema-qualified; its parts are folded to lower case unless quoted.
  std::string session_table = "user_session";
  std::string user_table = "auth_user";
  bool hashed_ids = false;  // the id column holds the SHA-256 of a session's id, in hex
  Millis read_timeout = std::chrono::milliseconds{150};
  Millis write_timeout = std::chrono::seconds{2};
  Millis connect_timeout = std::chrono::seconds{2};
};

// A value as text in the form PostgreSQL reads; nothing is NULL.
using LuciaText = std::optional<std::string>;
using LuciaColumns = std::vector<std::pair<std::string, LuciaText>>;

// LuciaRows are rows as text: the session's columns first, then the user's.
struct LuciaRows {
  Rows rows{};
  int session_columns = 0;
};

// LuciaTables reads and writes such a database over a pool of connections. Thread-safe; calls
// block. Names are quoted. What breaks a rule of a table, or names a column it does not have, is
// invalid_argument.
class LuciaTables {
 public:
  // open connects and looks whether both tables are there (store_mismatch otherwise).
  static Result<std::unique_ptr<LuciaTables>> open(const LuciaOptions& options);
  ~LuciaTables();

  // find gives the session of `id` and its user, one row or none, by one statement. The user's
  // columns are all NULL when there is no user.
  Result<LuciaRows> find(std::string_view id);
  // list gives every session of a user, without the user's columns.
  Result<LuciaRows> list(std::string_view user);
  // find_session is LuciaReader::find.
  Result<std::optional<LuciaSession>> find_session(std::string_view id);

  // insert adds a session; without a user it is a guest's, where the table allows that.
  Result<void> insert(std::string_view id, const LuciaText& user, std::string_view expires_at,
                      const LuciaColumns& attributes);
  // extend moves the end of a session. It changes nothing when the session has gone.
  Result<void> extend(std::string_view id, std::string_view expires_at);
  // update sets columns of a session. False: there is none.
  Result<bool> update(std::string_view id, const LuciaColumns& attributes);
  // remove ends a session. False: there was none.
  Result<bool> remove(std::string_view id);
  // remove_user ends the sessions of a user but `except` (empty: all), in one statement.
  Result<void> remove_user(std::string_view user, std::string_view except);
  Result<void> remove_expired(std::string_view now);
  // add_indexes makes the indexes on user_id and expires_at that Lucia's tables come without.
  Result<void> add_indexes();

 private:
  struct Impl;
  explicit LuciaTables(ForkOwned<Impl> impl);
  const ForkOwned<Impl> impl_;
};

}  // namespace latchkey::postgres
