// Out of connections, and logins that change while the store is open.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/log.h"
#include "latchkey/testing/store_fixture.h"
#include "tests/postgres/heard.h"
#include "tests/postgres/postgres_under_test.h"
#include "tests/postgres/records.h"
#include "tests/support/free_port.h"
#include "tests/support/proxy.h"

namespace latchkey::testing {
namespace {

class PostgresPool : public ::testing::Test {
 protected:
  PostgresPool() {
    cluster().run("DROP ROLE IF EXISTS pw_ann");
    EXPECT_EQ(cluster().run("CREATE ROLE pw_ann LOGIN PASSWORD 'old'"), "");
    EXPECT_TRUE(open_or_fail(patient_options(url_)));
    EXPECT_EQ(cluster().run("GRANT USAGE ON SCHEMA " + schema_ +
                            " TO pw_ann; GRANT SELECT, "
                            "INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " +
                            schema_ + " TO pw_ann"),
              "");
  }
  ~PostgresPool() override {
    cluster().run("DROP OWNED BY pw_ann");
    cluster().run("DROP ROLE pw_ann");
  }

  std::string as_ann(const std::string& password, const std::string& more = {}) const {
    std::string url = url_ + more;
    const std::string login = password.empty() ? "pw_ann@" : "pw_ann:" + password + "@";
    return url.replace(url.find("latchkey@"), 9, login);
  }
  static void give_password(const std::string& password) {
    EXPECT_EQ(cluster().run("ALTER ROLE pw_ann PASSWORD '" + password + "'"), "");
  }
  static void hang_up() {
    cluster().run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename='pw_ann'");
  }
  bool answers(Store& store) const {
    return store.sessions().find({&record_.id, 1}, {}).has_value();
  }
  bool eventually_answers(Store& store) const {
    const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!answers(store)) {
      if (std::chrono::steady_clock::now() > late) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return true;
  }
  // count_failures asks many times at once, from more threads than there are connections.
  int count_failures(Store& store) const {
    std::atomic<int> failures{0};
    run_parallel(16, [&](int) {
      for (int i = 0; i < 25; ++i) failures += answers(store) ? 0 : 1;
    });
    return failures;
  }

  const std::string url_ = cluster().new_schema_url();
  const std::string schema_ = schema_in(url_);
  const SessionRecord record_ = record_number(1, user_named("ann"));
};

TEST_F(PostgresPool, F6CallersWaitForAConnectionInUseWhenTheServerGivesNoMore) {
  cluster().run("ALTER ROLE pw_ann CONNECTION LIMIT 2");
  const auto store = open_or_fail(patient_options(as_ann("old")));
  ASSERT_TRUE(eventually_answers(*store)) << "the one that opened it may not have gone yet";
  EXPECT_EQ(count_failures(*store), 0);
}

TEST_F(PostgresPool, F6DataIsReadWhileNoConnectionIsLeftToListen) {
  cluster().run("ALTER ROLE pw_ann CONNECTION LIMIT 1");
  const auto store = open_or_fail(patient_options(as_ann("old")));
  ASSERT_TRUE(eventually_answers(*store));
  Heard heard(*store);
  ASSERT_TRUE(heard.wait_for_everything()) << "nothing in a cache is believed";
  EXPECT_EQ(count_failures(*store), 0);
  EXPECT_FALSE(store->sessions().watch_status().value().up);
}

TEST_F(PostgresPool, F6AServerThatRefusesNewConnectionsIsUsedOverTheOldOnes) {
  Proxy proxy(cluster().port());
  const auto store = open_or_fail(
      patient_options(cluster().tcp_url("127.0.0.1", proxy.port(), "schema=" + schema_)));
  ASSERT_TRUE(answers(*store));
  proxy.lead_to(free_port());
  EXPECT_EQ(count_failures(*store), 0);
}

TEST_F(PostgresPool, F6APasswordThatWasChangedEndsNoConnectionThatStands) {
  const auto store = open_or_fail(patient_options(as_ann("old")));
  ASSERT_TRUE(answers(*store));
  give_password("another");
  EXPECT_EQ(count_failures(*store), 0);
}

TEST_F(PostgresPool, F6AnEmptyPoolFailsAtOnceAndNamesTheReason) {
  const auto store = open_or_fail(patient_options(as_ann("old")));
  ASSERT_TRUE(answers(*store));
  cluster().run("ALTER ROLE pw_ann CONNECTION LIMIT 0");
  hang_up();
  const auto begun = std::chrono::steady_clock::now();
  auto refused = store->sessions().find({&record_.id, 1}, {});
  while (refused) refused = store->sessions().find({&record_.id, 1}, {});
  EXPECT_EQ(refused.error().code, Errc::store_unavailable);
  EXPECT_NE(refused.error().detail.find("too many connections"), std::string::npos)
      << refused.error().detail;
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{20})
      << "the deadline of reads here";
}

TEST_F(PostgresPool, F4AChangedPassfileIsReadForEachNewConnection) {
  const TempDirectory directory;
  const std::string path = directory.path() + "/pass";
  const auto write = [&](const std::string& password) {
    std::ofstream(path) << (password.empty() ? "" : "*:*:*:pw_ann:" + password + "\n");
    ::chmod(path.c_str(), 0600);
  };
  write("old");
  const auto store = open_or_fail(patient_options(as_ann("", "&passfile=" + path)));
  ASSERT_TRUE(answers(*store));
  give_password("new");
  for (const bool missing : {false, true}) {
    missing ? static_cast<void>(::unlink(path.c_str())) : write("");
    hang_up();
    while (answers(*store)) std::this_thread::yield();  // until the server has done it
  }
  write("new");
  EXPECT_TRUE(eventually_answers(*store)) << "without a restart";
}

TEST_F(PostgresPool, F4AChangedUrlIsReadForEachNewConnection) {
  auto url = std::make_shared<std::string>(as_ann("old"));
  auto mutex = std::make_shared<Mutex>();
  PostgresOptions options = patient_options(*url);
  options.url_source = [url, mutex]() -> Result<std::string> {
    const MutexLock lock(*mutex);
    return *url;
  };
  const auto set = [&](const std::string& text) {
    const MutexLock lock(*mutex);
    *url = text;
  };
  const auto store = open_or_fail(options);
  ASSERT_TRUE(answers(*store));
  set("");  // somebody is writing the file
  hang_up();
  EXPECT_TRUE(eventually_answers(*store)) << "with what was known before";
  give_password("new");
  set(as_ann("new"));
  hang_up();
  EXPECT_TRUE(eventually_answers(*store)) << "without a restart";
}

}  // namespace
}  // namespace latchkey::testing
