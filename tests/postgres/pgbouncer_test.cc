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

TEST_F(PostgresBehindPooler, PreparedStatementsAreAnErrorThatNamesTheRemedy) {
  const auto store = open_or_fail(patient_options(pooler().url("schema=" + schema_)));
  std::atomic<bool> told{false};
  std::string detail;
  const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  run_parallel(4, [&](int) {
    while (!told && std::chrono::steady_clock::now() < late) {
      const auto found = store->sessions().find({&record_.id, 1}, {});
      if (!found && !told.exchange(true)) detail = found.error().detail;
    }
  });
  EXPECT_NE(detail.find("prepare=off"), std::string::npos) << detail;
}

TEST_F(PostgresBehindPooler, RevocationsAreHeardByPollingOrOverADirectConnection) {
  std::string direct;
  for (const char c : cluster().url()) direct += c == '%' ? "%25" : std::string(1, c);
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
