// A real pgbouncer in transaction mode stands between the store and the server.
#include "tests/postgres/pgbouncer.h"
#include <gtest/gtest.h>
#include "latchkey/testing/store_fixture.h"
#include "tests/postgres/heard.h"
#include "tests/postgres/postgres_under_test.h"
#include "tests/postgres/records.h"

namespace latchkey::testing {
namespace {

class PostgresBehindPooler : public ::testing::Test {
 protected:
  std::string schema_ = schema_in(cluster().new_schema_url());
  SessionRecord record_ = record_number(1, user_named("ann"));
};

TEST_F(PostgresBehindPooler, F18TransactionModeWithoutPrepareOffIsRefusedAtOnce) {
  const Error error = open_error(patient_options(pooler().url("schema=" + schema_)));
  EXPECT_EQ(error.code, Errc::bad_config);
  EXPECT_NE(error.detail.find("prepare=off"), std::string::npos) << error.detail;
  EXPECT_EQ(cluster().run("SELECT count(*) FROM pg_namespace WHERE nspname='" + schema_ + "'"), "0")
      << "nothing was made";
}

std::string encoded(const std::string& url) {
  std::string out;
  for (const char c : url) out += c == '%' ? "%25" : c == '&' ? "%26" : std::string(1, c);
  return out;
}

TEST_F(PostgresBehindPooler, F18AUrlOfListenThatHearsNothingIsRefused) {
  const std::string pooled = pooler().url("prepare=off&schema=" + schema_ + "&listen=");
  const Error through_pooler = open_error(patient_options(pooled + encoded(pooler().url(""))));
  EXPECT_EQ(through_pooler.code, Errc::bad_config);
  EXPECT_NE(through_pooler.detail.find("direct connection"), std::string::npos)
      << through_pooler.detail;
  cluster().run("CREATE DATABASE elsewhere");
  std::string other = cluster().url();
  other.replace(other.rfind("/postgres"), 9, "/elsewhere");
  const Error elsewhere = open_error(patient_options(pooled + encoded(other)));
  EXPECT_EQ(elsewhere.code, Errc::bad_config);
  EXPECT_NE(elsewhere.detail.find("another database"), std::string::npos) << elsewhere.detail;
}

TEST_F(PostgresBehindPooler, F18SessionModeIsTaken) {
  const PgBouncer session("session", 20);
  const auto store = open_or_fail(patient_options(session.url("schema=" + schema_)));
  ASSERT_NE(store, nullptr);
  EXPECT_TRUE(store->sessions().insert(record_, {.now = kBegin}));
}

TEST_F(PostgresBehindPooler, F18SettingsThatAPoolerKeepsFromUsAreNamed) {
  const auto with = [&](const std::string& setting) {
    cluster().run("ALTER ROLE latchkey SET " + setting);
    const PgBouncer fresh;  // its server connections have the setting
    const Error error = open_error(patient_options(fresh.url("prepare=off&schema=" + schema_)));
    cluster().run("ALTER ROLE latchkey RESET ALL");
    return error;
  };
  const Error isolation = with("default_transaction_isolation='serializable'");
  EXPECT_EQ(isolation.code, Errc::bad_config);
  EXPECT_NE(isolation.detail.find("default_transaction_isolation"), std::string::npos);
  const Error timeout = with("statement_timeout='300ms'");
  EXPECT_EQ(timeout.code, Errc::bad_config);
  EXPECT_NE(timeout.detail.find("statement_timeout of 300 ms"), std::string::npos)
      << timeout.detail;
}

TEST_F(PostgresBehindPooler, RevocationsAreHeardByPollingOrOverADirectConnection) {
  const std::string direct = encoded(cluster().url());
  const std::string pooled = "prepare=off&schema=" + schema_;
  const auto polling = open_or_fail(patient_options(pooler().url(pooled)));
  const auto listening = open_or_fail(patient_options(pooler().url(pooled + "&listen=" + direct)));
  const auto third = open_or_fail(patient_options(pooler().url(pooled)));
  Heard polled(*polling);
  Heard listened(*listening);
  ASSERT_TRUE(polled.wait_for_everything());
  ASSERT_TRUE(listened.wait_for_everything());
  EXPECT_EQ(cluster().run("SELECT count(*) FROM pg_stat_activity WHERE application_name='latchkey' "
                          "AND query LIKE '%" +
                          schema_ + "%outbox o ON%'"),
            "2")
      << "one of them over the pooler";
  ASSERT_TRUE(third->sessions().insert(record_, {.now = kBegin}));
  ASSERT_TRUE(third->sessions().remove({&record_.id, 1}, EndReason::logout, kBegin));
  EXPECT_TRUE(polled.wait_for_id(record_.id));
  EXPECT_TRUE(listened.wait_for_id(record_.id));
}

}  // namespace
}  // namespace latchkey::testing
