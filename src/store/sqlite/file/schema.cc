#include "store/sqlite/file/schema.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <thread>

#include "store/instance.h"

namespace latchkey::sqlite {
namespace {

// The script at index n brings version n to n+1. Scripts that were released are never edited.
constexpr std::array<const char*, kSchemaVersion> kMigrations{R"sql(
CREATE TABLE latchkey_meta(
  key TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE latchkey_sessions(
  id TEXT NOT NULL,
  secret_hash BLOB NOT NULL CHECK(length(secret_hash)=32),
  user_id TEXT,
  created_at INTEGER NOT NULL,
  authenticated_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  idle_expires_at INTEGER NOT NULL,
  absolute_expires_at INTEGER NOT NULL,
  idle INTEGER NOT NULL,
  level INTEGER NOT NULL,
  persistent INTEGER NOT NULL,
  version INTEGER NOT NULL,
  user_agent TEXT,
  address TEXT,
  attributes TEXT,
  previous BLOB,
  CHECK(idle_expires_at<=absolute_expires_at)
) STRICT;
CREATE UNIQUE INDEX latchkey_sessions_by_id ON latchkey_sessions(substr(id,-8));
CREATE INDEX latchkey_sessions_by_user ON latchkey_sessions(user_id) WHERE user_id IS NOT NULL;
CREATE INDEX latchkey_sessions_by_idle_expires_at ON latchkey_sessions(idle_expires_at);

CREATE TABLE latchkey_tombstones(
  id TEXT PRIMARY KEY NOT NULL,
  secret_hash BLOB NOT NULL CHECK(length(secret_hash)=32),
  reason INTEGER NOT NULL,
  ended_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX latchkey_tombstones_by_ended_at ON latchkey_tombstones(ended_at);

CREATE TABLE latchkey_users(
  id TEXT PRIMARY KEY NOT NULL,
  username TEXT NOT NULL,
  username_key TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  disabled INTEGER NOT NULL,
  attributes TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE latchkey_user_epochs(
  user_id TEXT PRIMARY KEY NOT NULL,
  epoch INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE latchkey_denied(
  key TEXT PRIMARY KEY NOT NULL,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX latchkey_denied_by_until ON latchkey_denied(until);

CREATE TABLE latchkey_keys(
  position INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  state INTEGER NOT NULL,
  secret BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  activates_at INTEGER NOT NULL
) STRICT;
)sql",
                                                              R"sql(
CREATE TABLE latchkey_counters(
  key TEXT PRIMARY KEY NOT NULL,
  count INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX latchkey_counters_by_expires_at ON latchkey_counters(expires_at);
)sql",
                                                              R"sql(
CREATE TABLE latchkey_one_time_secrets(
  hash BLOB PRIMARY KEY NOT NULL CHECK(length(hash)=32),
  purpose TEXT NOT NULL,
  user_id TEXT NOT NULL,
  data TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX latchkey_one_time_secrets_by_user
  ON latchkey_one_time_secrets(user_id,purpose,created_at);
CREATE INDEX latchkey_one_time_secrets_by_expires_at ON latchkey_one_time_secrets(expires_at);

CREATE TABLE latchkey_events(
  at INTEGER NOT NULL,
  id TEXT NOT NULL,
  kind INTEGER NOT NULL,
  user_id TEXT,
  session_id TEXT,
  reason TEXT,
  account TEXT,
  address TEXT,
  user_agent TEXT,
  request_id TEXT,
  PRIMARY KEY(at,id)
) STRICT, WITHOUT ROWID;
CREATE INDEX latchkey_events_by_user ON latchkey_events(user_id,at,id) WHERE user_id IS NOT NULL;
CREATE INDEX latchkey_events_by_kind ON latchkey_events(kind,at,id);
CREATE INDEX latchkey_events_with_address ON latchkey_events(at,id) WHERE address IS NOT NULL;
)sql",
                                                              R"sql(
ALTER TABLE latchkey_sessions ADD COLUMN binding BLOB;
)sql"};

Error mismatch(std::string_view what) { return Error{Errc::store_mismatch, std::string(what)}; }

Result<std::optional<std::string>> get_meta(Connection& connection, std::string_view key) {
  Query query(connection, Sql::get_meta);
  query.bind(key);
  std::optional<std::string> value;
  if (query.next()) value = query.text(0);
  if (Result<void> read = query.status(); !read) return read.error();
  return value;
}

Result<void> put_meta(Connection& connection, std::string_view key, std::string_view value) {
  return Query(connection, Sql::put_meta).bind(key).bind(value).run();
}

// get_number is 0 where there is none.
Result<std::int64_t> get_number(Connection& connection, std::string_view key) {
  Result<std::optional<std::string>> text = get_meta(connection, key);
  if (!text) return text.error();
  std::int64_t number = 0;
  if (*text) std::from_chars((*text)->data(), (*text)->data() + (*text)->size(), number);
  return number;
}

// One statement sees one moment: another process may be making the tables right now.
constexpr const char* kWhatIsThere = R"sql(
SELECT CASE
  WHEN EXISTS(SELECT 1 FROM sqlite_master WHERE type='table' AND name='latchkey_meta') THEN 'ours'
  WHEN EXISTS(SELECT 1 FROM sqlite_master WHERE type='table' AND name LIKE 'latchkey\_%' ESCAPE '\')
    THEN 'without a marker'
  ELSE 'nothing of ours'
END
)sql";

// current_version is 0 for a database without our tables.
Result<std::int64_t> current_version(Connection& connection) {
  Result<std::string> there = connection.value_of(kWhatIsThere);
  if (!there) return there.error();
  if (*there == "nothing of ours") return 0;
  if (*there != "ours") {
    return mismatch(
        "the database has tables of latchkey but lost its instance marker: restore a backup");
  }
  Result<std::int64_t> version = get_number(connection, "schema_version");
  if (!version) return version;
  if (*version < 1) return mismatch("the database lost its schema version: restore a backup");
  Result<std::int64_t> step = get_number(connection, "schema_step");
  if (!step) return step;
  if (*version > kSchemaVersion) {
    return mismatch(
        "the database was written by a newer version of latchkey: upgrade this program");
  }
  return std::clamp(*step, *version, kSchemaVersion);
}

Result<void> make_instance(Connection& connection, const std::optional<StoreMeta>& adopt) {
  Result<DrawnInstance> drawn = draw_instance(adopt);
  if (!drawn) return drawn.error();
  if (Result<void> put = put_meta(connection, "instance", drawn->instance); !put) return put;
  return put_meta(connection, "slot_key", drawn->slot_key);
}

Result<void> run_migrations(Connection& connection, const std::optional<StoreMeta>& adopt) {
  // Read again: another process may have been faster.
  Result<std::int64_t> from = current_version(connection);
  if (!from) return from.error();
  for (std::int64_t version = *from; version < kSchemaVersion; ++version) {
    const char* script = kMigrations[static_cast<std::size_t>(version)];
    if (Result<void> ran = connection.exec(script); !ran) return ran;
    if (version == 0) {
      if (Result<void> made = make_instance(connection, adopt); !made) return made;
    }
    // What older programs need not know about is counted apart, so that they still open the file.
    const bool hidden = version >= kOldestReader;
    Result<void> put = put_meta(connection, hidden ? "schema_step" : "schema_version",
                                std::to_string(version + 1));
    if (!put) return put;
  }
  return {};
}

Result<void> migrate(Connection& connection, const std::optional<StoreMeta>& adopt) {
  if (Result<void> begun = connection.exec("BEGIN IMMEDIATE"); !begun) return begun;
  Result<void> done = run_migrations(connection, adopt);
  if (done) done = connection.exec("COMMIT");
  if (!done && connection.in_transaction()) {
    if (Result<void> undone = connection.exec("ROLLBACK"); !undone) return undone;
  }
  return done;
}

// The change to WAL does not always wait for other processes as busy_timeout asks.
Result<void> set_wal(Connection& connection, Millis busy_timeout) {
  const auto deadline = std::chrono::steady_clock::now() + busy_timeout;
  while (true) {
    Result<std::string> mode = connection.value_of("PRAGMA journal_mode=WAL");
    if (mode && *mode == "wal") return {};
    if (mode) {
      return Error{Errc::store_unavailable,
                   "the database cannot use a write-ahead log here: put it on a local file system"};
    }
    const bool busy = mode.error().code == Errc::store_busy;
    if (!busy || std::chrono::steady_clock::now() >= deadline) return mode.error();
    std::this_thread::sleep_for(Millis{5});
  }
}

Result<StoreMeta> read_meta(Connection& connection, const std::string& expected_instance) {
  StoreMeta meta;
  meta.schema_version = kSchemaVersion;
  Result<std::optional<std::string>> instance = get_meta(connection, "instance");
  if (!instance) return instance.error();
  Result<std::optional<std::string>> slot_key = get_meta(connection, "slot_key");
  if (!slot_key) return slot_key.error();
  if (!*instance || (*instance)->empty() || !*slot_key || !from_hex(**slot_key, meta.slot_key)) {
    return mismatch("the database lost its instance marker or slot key: restore a backup");
  }
  meta.instance = **instance;
  if (!expected_instance.empty() && meta.instance != expected_instance) {
    return mismatch("the database is another instance than the configured one: check the path");
  }
  return meta;
}

}  // namespace

Result<StoreMeta> open_schema(Connection& connection, const SchemaRequest& request) {
  Result<std::int64_t> version = current_version(connection);
  if (!version) return version.error();
  if (*version == 0 && (!request.create || !request.expected_instance.empty())) {
    return mismatch("the database has no tables of latchkey: check which file is configured");
  }
  if (connection.read_only()) {
    if (*version == kSchemaVersion) return read_meta(connection, request.expected_instance);
    return Error{Errc::store_read_only,
                 "the tables must be made or brought up to date, but the database is read-only: "
                 "make the file, its -wal, its -shm and the directory writable for this user"};
  }
  if (Result<void> set = set_wal(connection, request.busy_timeout); !set) return set.error();
  if (Result<void> set = connection.exec("PRAGMA synchronous=FULL"); !set) return set.error();
  if (*version < kSchemaVersion) {
    if (Result<void> migrated = migrate(connection, request.adopt); !migrated)
      return migrated.error();
  }
  return read_meta(connection, request.expected_instance);
}

Result<void> verify_instance(Connection& connection, const std::string& instance) {
  Result<std::optional<std::string>> found = get_meta(connection, "instance");
  if (!found) return found.error();
  if (!*found || **found != instance) return lost_instance();
  return {};
}

Error lost_instance() {
  return mismatch(
      "the database is no longer the one that was opened: it was emptied or replaced; "
      "restore a backup and restart");
}

}  // namespace latchkey::sqlite
