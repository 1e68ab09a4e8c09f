// Databases of every released schema are opened and brought up to date.
#include <gtest/gtest.h>

#include "store/sqlite/file/schema.h"
#include "store/sqlite/test_support.h"

namespace latchkey::sqlite::testing {
namespace {

// The tables as the releases with schema 1, 2 and 3 made them, frozen here.
constexpr const char* kSchemaOne = R"sql(
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
)sql";

constexpr const char* kSchemaTwo = R"sql(
CREATE TABLE latchkey_counters(
  key TEXT PRIMARY KEY NOT NULL,
  count INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX latchkey_counters_by_expires_at ON latchkey_counters(expires_at);
)sql";

constexpr const char* kSchemaThree = R"sql(
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
)sql";

// What such a database holds: a user, a session, an ended one, an epoch, a denial and a key.
constexpr const char* kOldRows = R"sql(
INSERT INTO latchkey_meta(key,value) VALUES('instance','00112233445566778899aabbccddeeff'),
  ('slot_key','000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'),
  ('keys_version','3');
INSERT INTO latchkey_users VALUES('u1','Ada','ada','$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA',
  1799999000000,0,'{"plan":"pro"}');
INSERT INTO latchkey_sessions VALUES('AAAAAAAAAAAAAAAAAAAAAA1',zeroblob(32),'u1',1799999000000,
  1799999000000,1799999500000,1800086400000,1802592000000,86400000,1,1,4,'agent','192.0.2.1',
  '{"theme":"dark"}',NULL);
INSERT INTO latchkey_tombstones VALUES('AAAAAAAAAAAAAAAAAAAAAA2',zeroblob(32),2,1799999900000);
INSERT INTO latchkey_user_epochs VALUES('u1',7);
INSERT INTO latchkey_denied VALUES('AAAAAAAAAAAAAAAAAAAAAA3',1800090000000);
INSERT INTO latchkey_keys VALUES(0,'k1',2,zeroblob(32),1799999000000,1799999000000);
)sql";

void make_old(const std::string& path, int version) {
  const auto old = open_plain(path);
  ASSERT_TRUE(old->exec("PRAGMA journal_mode=WAL"));
  ASSERT_TRUE(old->exec(kSchemaOne));
  if (version >= 2) {
    ASSERT_TRUE(old->exec(kSchemaTwo));
    ASSERT_TRUE(old->exec("INSERT INTO latchkey_counters VALUES('a:1',4,0,1800090000000)"));
  }
  if (version == 3) ASSERT_TRUE(old->exec(kSchemaThree));
  ASSERT_TRUE(old->exec(kOldRows));
  const std::string mark =
      "INSERT INTO latchkey_meta VALUES('schema_version','" + std::to_string(version) + "')";
  ASSERT_TRUE(old->exec(mark.c_str()));
}

void expect_old_rows(Store& store) {
  const UserId user = *UserId::parse("u1");
  const SessionId id = *SessionId::parse("AAAAAAAAAAAAAAAAAAAAAA1");
  const auto found = store.sessions().find({&id, 1}, {.with_user = true});
  ASSERT_TRUE(found);
  ASSERT_TRUE(found->front().record);
  EXPECT_EQ(found->front().record->version, 4);
  EXPECT_EQ(found->front().record->attributes, R"({"theme":"dark"})");
  EXPECT_EQ(found->front().user->username, "Ada");
  EXPECT_EQ(*store.epochs().user_epoch(user), 7);
  EXPECT_TRUE(store.denials().standing("AAAAAAAAAAAAAAAAAAAAAA3", user)->denied);
  EXPECT_EQ(store.keys().keys()->version, 3);
  EXPECT_EQ(store.keys().keys()->keys.size(), 1U);
  EXPECT_EQ(store.meta().meta()->instance, "00112233445566778899aabbccddeeff");
}

void expect_new_parts(Store& store) {
  const CounterTry one{"b:1", {}};
  EXPECT_TRUE(store.counters().take({&one, 1}, kNow)->taken);
  OneTimeSecret secret{.purpose = "reset",
                       .user_id = *UserId::parse("u1"),
                       .created_at = kNow,
                       .expires_at = kNow + kHour};
  ASSERT_TRUE(store.one_time().put_secret(secret, 1));
  EXPECT_EQ(**store.one_time().take_secret(secret.hash, "reset", kNow), secret);
  const Event event{.id = "0123456789abcdef", .at = kNow, .kind = EventKind::log_in};
  ASSERT_TRUE(store.events().append_events({&event, 1}));
  EXPECT_EQ(store.events().list_events({})->events, std::vector<Event>{event});
}

TEST(SqliteUpgrade, ADatabaseOfAnOlderSchemaIsBroughtUpToDateAndKeepsWhatItHolds) {
  for (const int version : {1, 2, 3}) {
    TempDir dir;
    ASSERT_NO_FATAL_FAILURE(make_old(dir.file(), version));
    for (const bool again : {false, true}) {
      const auto store = open_or_fail(dir.file());
      ASSERT_NE(store, nullptr) << version;
      expect_old_rows(*store);
      expect_new_parts(*store);
      if (again) {
        EXPECT_EQ(store->events().list_events({})->events.size(), 1U) << "one event, repeated";
        continue;
      }
      EXPECT_EQ(value_or_fail(*open_plain(dir.file()),
                              "SELECT value FROM latchkey_meta WHERE key='schema_version'"),
                std::to_string(kOldestReader));
    }
  }
}

// A roll-back, or a process that was not replaced yet: schema 3 knows nothing of bindings.
TEST(SqliteUpgrade, AProgramOfTheSchemaBeforeGoesOnAndKeepsABinding) {
  constexpr const char* kReplaceOfSchemaThree =
      "UPDATE latchkey_sessions SET version=version+1,attributes='{}',previous=NULL "
      "WHERE id='AAAAAAAAAAAAAAAAAAAAAA1' AND version=5";
  TempDir dir;
  ASSERT_NO_FATAL_FAILURE(make_old(dir.file(), 3));
  const SessionId id = *SessionId::parse("AAAAAAAAAAAAAAAAAAAAAA1");
  const auto store = open_or_fail(dir.file());
  ASSERT_NE(store, nullptr);
  SessionRecord record = *store->sessions().find({&id, 1}, {})->front().record;
  record.binding = "key";
  ASSERT_EQ(*store->sessions().replace(record, 4, kNow), ReplaceStatus::replaced);
  const auto old = open_plain(dir.file());
  EXPECT_EQ(value_or_fail(*old, "SELECT value FROM latchkey_meta WHERE key='schema_version'"), "3");
  ASSERT_TRUE(old->exec(kReplaceOfSchemaThree));
  const auto found = store->sessions().find({&id, 1}, {.fresh = true});
  EXPECT_EQ(found->front().record->version, 6);
  EXPECT_EQ(found->front().record->binding, "key");
}

TEST(SqliteUpgrade, AnOlderDatabaseHasTheTablesOfANewOneAfterwards) {
  const std::string tables =
      "SELECT group_concat(sql,char(10)) FROM (SELECT sql FROM sqlite_master "
      "WHERE name LIKE 'latchkey%' ORDER BY name)";
  TempDir dir;
  { const auto made = open_or_fail(dir.file("new.db")); }
  const std::string expected = value_or_fail(*open_plain(dir.file("new.db")), tables);
  for (const int version : {1, 2, 3}) {
    const std::string path = dir.file(std::to_string(version) + ".db");
    ASSERT_NO_FATAL_FAILURE(make_old(path, version));
    { const auto upgraded = open_or_fail(path); }
    EXPECT_EQ(value_or_fail(*open_plain(path), tables), expected) << version;
  }
}

}  // namespace
}  // namespace latchkey::sqlite::testing
