// Tables of every released schema are opened and brought up to date.
#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "store/postgres/sql/schema_sql.h"
#include "store/postgres/sql/sql.h"
#include "tests/postgres/postgres_under_test.h"
#include "tests/postgres/records.h"

namespace latchkey::testing {
namespace {

// Scripts that were released make what databases out there have, so they never change.
constexpr const char* kReleased[] = {"861285abfd5142f7a94edac91f3ec9bb2ba04962",
                                     "fe81f9ee044393082463c7ab071a4c346cbc8257",
                                     "c03fd057012f69c44c94e6ff5d62841689d76b81"};

std::string script_of(std::size_t version) {
  return std::string(postgres::kTableScripts[version]) + postgres::kFunctionScripts[version];
}

// make_old makes the tables of an older version and what such a database holds.
void make_old(const std::string& schema, std::size_t version) {
  std::string script = "CREATE SCHEMA " + schema + ";";
  for (std::size_t i = 0; i < version; ++i) script += script_of(i);
  script +=
      "INSERT INTO @meta VALUES('instance','00112233445566778899aabbccddeeff'),('slot_key',"
      "'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'),"
      "('keys_version','0'),('schema_version','" +
      std::to_string(version) +
      "');INSERT INTO @users VALUES('u1','Ada','ada','$argon2id$x',1799999000000,false,NULL);"
      "INSERT INTO @user_epochs VALUES('u1',7);"
      "INSERT INTO @sessions(created_at,authenticated_at,last_seen_at,idle_expires_at,"
      "absolute_expires_at,idle,version,level,persistent,id,secret_hash,user_id) "
      "VALUES(1799999000000,1799999000000,1799999500000,1800086400000,1802592000000,86400000,"
      "4,1,true,'AAAAAAAAAAAAAAAAAAAAAA1',decode(repeat('00',32),'hex'),'u1');";
  ASSERT_EQ(cluster().run(postgres::qualify(script, schema)).find("error"), std::string::npos);
}

TEST(PostgresUpgrade, ReleasedScriptsNeverChange) {
  for (std::size_t version = 0; version < std::size(kReleased); ++version) {
    EXPECT_EQ(crypto::sha1_hex(script_of(version)), kReleased[version]) << version + 1;
  }
}

TEST(PostgresUpgrade, TablesOfAnOlderSchemaAreBroughtUpToDateAndKeepWhatTheyHold) {
  for (const std::size_t version : {1U, 2U, 3U}) {
    const std::string url = cluster().new_schema_url();
    ASSERT_NO_FATAL_FAILURE(make_old(schema_in(url), version));
    for (int opening = 0; opening < 2; ++opening) {
      const auto store = open_or_fail(patient_options(url));
      ASSERT_NE(store, nullptr);
      EXPECT_EQ(store->meta().meta()->schema_version, postgres::kSchemaVersion);
      const SessionId id = *SessionId::parse("AAAAAAAAAAAAAAAAAAAAAA1");
      const auto found = store->sessions().find({&id, 1}, {.with_user = true});
      ASSERT_TRUE(found && found->front().record);
      EXPECT_EQ(found->front().record->version, 4);
      EXPECT_EQ(found->front().user->username, "Ada");
      EXPECT_EQ(*store->epochs().user_epoch(user_named("u1")), 7);
      const CounterTry one{"a:1", {}};
      EXPECT_TRUE(store->counters().take({&one, 1}, kBegin)->taken);
      const OneTimeSecret secret{.purpose = "reset",
                                 .user_id = user_named("u1"),
                                 .created_at = kBegin,
                                 .expires_at = kBegin + std::chrono::hours{1}};
      ASSERT_TRUE(store->one_time().put_secret(secret, 1));
      EXPECT_EQ(**store->one_time().take_secret(secret.hash, "reset", kBegin), secret);
      const Event event{.id = "0123456789abcdef", .at = kBegin, .kind = EventKind::log_in};
      ASSERT_TRUE(store->events().append_events({&event, 1}));
      EXPECT_EQ(store->events().list_events({})->events, std::vector<Event>{event});
    }
  }
}

// A roll-back, or a node that was not replaced yet: schema 3 knows nothing of bindings.
TEST(PostgresUpgrade, ANodeOfTheSchemaBeforeGoesOnAndKeepsABinding) {
  constexpr const char* kReplaceOfSchemaThree =
      "SELECT @replace('00112233445566778899aabbccddeeff',0,1800000000000,"
      "'AAAAAAAAAAAAAAAAAAAAAA1',decode(repeat('00',32),'hex'),'u1',1799999000000,1799999000000,"
      "1799999500000,1800086400000,1802592000000,86400000,1,true,5,NULL,NULL,'{}',NULL)";
  const std::string url = cluster().new_schema_url();
  ASSERT_NO_FATAL_FAILURE(make_old(schema_in(url), 3));
  const auto store = open_or_fail(patient_options(url));
  ASSERT_NE(store, nullptr);
  const SessionId id = *SessionId::parse("AAAAAAAAAAAAAAAAAAAAAA1");
  SessionRecord record = *store->sessions().find({&id, 1}, {})->front().record;
  record.binding = "key";
  ASSERT_EQ(*store->sessions().replace(record, 4, kBegin), ReplaceStatus::replaced);
  const std::string version = cluster().run(
      postgres::qualify("SELECT value FROM @meta WHERE key='schema_version'", schema_in(url)));
  EXPECT_NE(version.find('3'), std::string::npos) << "which an older program still opens";
  const std::string done = cluster().run(postgres::qualify(kReplaceOfSchemaThree, schema_in(url)));
  ASSERT_EQ(done.find("error"), std::string::npos) << done;
  const auto found = store->sessions().find({&id, 1}, {.fresh = true});
  EXPECT_EQ(found->front().record->version, 6) << done;
  EXPECT_EQ(found->front().record->binding, "key");
}

}  // namespace
}  // namespace latchkey::testing
