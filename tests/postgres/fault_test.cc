// What goes wrong with an engine: no session is taken for ended because of it, nothing ended is
// accepted, and the store works again without being opened again.
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <functional>

#include "latchkey/store/scan_store.h"
#include "tests/postgres/heard.h"
#include "tests/postgres/postgres_under_test.h"
#include "tests/postgres/records.h"
#include "tests/support/proxy.h"

namespace latchkey::testing {
namespace {

class PostgresFaults : public ::testing::Test {
 protected:
  static Errc code_of(const Result<std::vector<Found>>& found) {
    EXPECT_FALSE(found) << "an answer from a store that fails";
    return found ? Errc::conflict : found.error().code;
  }
  static Result<std::vector<Found>> find(Store& store, const SessionId& id) {
    return store.sessions().find({&id, 1}, {});
  }
  // eventually returns whether a look-up works within 20 s.
  static bool eventually_found(Store& store, const SessionId& id) {
    const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (std::chrono::steady_clock::now() < late) {
      const auto found = find(store, id);
      if (found) return (*found)[0].record.has_value();
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return false;
  }
  static void insert(Store& store, const SessionRecord& record) {
    const auto outcome = store.sessions().insert(record, {.now = kBegin});
    ASSERT_TRUE(outcome) << outcome.error().detail;
    ASSERT_EQ(outcome->status, InsertStatus::inserted);
  }

  const std::string url_ = cluster().new_schema_url();
  const std::string schema_ = schema_in(url_);
  const SessionRecord record_ = record_number(1, user_named("ann"));
};

TEST_F(PostgresFaults, AServerThatIsKilledIsAnErrorAndItsReturnNeedsNoRestart) {
  const auto store = open_or_fail(patient_options(url_));
  insert(*store, record_);
  Heard heard(*store);
  ASSERT_TRUE(heard.wait_for_everything());
  heard.forget();
  cluster().stop();
  const auto down = find(*store, record_.id);
  EXPECT_EQ(code_of(down), Errc::store_unavailable);
  EXPECT_EQ(store->sessions().remove({&record_.id, 1}, EndReason::logout, kBegin).error().code,
            Errc::store_unavailable);
  EXPECT_EQ(store->meta().check().error().code, Errc::store_unavailable);
  EXPECT_TRUE(heard.wait_for_everything()) << "the channel is lost";
  ASSERT_TRUE(cluster().start());
  EXPECT_TRUE(eventually_found(*store, record_.id)) << "an acknowledged session outlives a crash";
  EXPECT_TRUE(store->meta().check());
}

TEST_F(PostgresFaults, AnEmptiedStoreIsFailedAndNotEmpty) {
  const auto store = open_or_fail(patient_options(url_));
  insert(*store, record_);
  ASSERT_EQ(cluster().run("SET client_min_messages=error; DROP SCHEMA " + schema_ + " CASCADE"),
            "");
  EXPECT_EQ(code_of(find(*store, record_.id)), Errc::store_mismatch) << "no tables";
  EXPECT_EQ(store->meta().check().error().code, Errc::store_mismatch);

  const auto another = open_or_fail(patient_options(url_));
  EXPECT_EQ(code_of(find(*store, record_.id)), Errc::store_mismatch) << "new and empty tables";
  EXPECT_EQ(store->meta().check().error().code, Errc::store_mismatch);
  EXPECT_EQ(store->denials().standing("key", record_.user_id).error().code, Errc::store_mismatch);
  const UserId ann = record_.user_id;
  EXPECT_EQ(store->users().find_user(ann).error().code, Errc::store_mismatch);
  EXPECT_EQ(store->users().find_username("ann").error().code, Errc::store_mismatch);
  EXPECT_EQ(store->epochs().user_epoch(ann).error().code, Errc::store_mismatch);
  EXPECT_EQ(store->sessions().list_user(ann, {.now = kBegin}).error().code, Errc::store_mismatch);
  EXPECT_EQ(store->keys().keys().error().code, Errc::store_mismatch);
  for (const ScanKind kind :
       {ScanKind::users, ScanKind::epochs, ScanKind::denials, ScanKind::sessions}) {
    EXPECT_EQ(store->scan()->scan(kind, "", 10).error().code, Errc::store_mismatch);
  }
  const auto inserted = store->sessions().insert(record_, {.now = kBegin});
  ASSERT_FALSE(inserted) << "a login into a store that is not ours";
  EXPECT_EQ(inserted.error().code, Errc::store_mismatch);
  const Touch touch{record_.id, kBegin, kBegin};
  EXPECT_EQ(store->sessions().touch({&touch, 1}).error().code, Errc::store_mismatch);
  EXPECT_FALSE((*find(*another, record_.id))[0].record);
}

TEST_F(PostgresFaults, AStoreWithoutItsMarkerIsRefused) {
  PostgresOptions options = patient_options(url_);
  options.create = false;
  EXPECT_EQ(open_error(options).code, Errc::store_mismatch) << "nothing is there yet";
  const std::string instance = open_or_fail(patient_options(url_))->meta().meta()->instance;
  EXPECT_TRUE(open_postgres(options));
  options.expected_instance = "another";
  EXPECT_EQ(open_error(options).code, Errc::store_mismatch);
  options.expected_instance = instance;
  EXPECT_TRUE(open_postgres(options));
  ASSERT_EQ(cluster().run("DELETE FROM " + schema_ + ".latchkey_meta WHERE key='instance'"), "");
  EXPECT_EQ(open_error(patient_options(url_)).code, Errc::store_mismatch);
  ASSERT_EQ(cluster().run("DROP TABLE " + schema_ + ".latchkey_meta"), "");
  EXPECT_EQ(open_error(patient_options(url_)).code, Errc::store_mismatch);
}

TEST_F(PostgresFaults, TablesOfANewerVersionAreRefused) {
  ASSERT_TRUE(open_or_fail(patient_options(url_)));
  ASSERT_EQ(cluster().run("UPDATE " + schema_ +
                          ".latchkey_meta SET value='99' WHERE key='schema_version'"),
            "");
  const Error error = open_error(patient_options(url_));
  EXPECT_EQ(error.code, Errc::store_mismatch);
  EXPECT_NE(error.detail.find("newer version"), std::string::npos) << error.detail;
}

// The network fails in each way that it can, in mid-use.
TEST_F(PostgresFaults, ABadNetworkIsAnErrorUntilItIsGoodAgain) {
  Proxy proxy(cluster().port());
  ASSERT_TRUE(proxy.ok());
  const auto direct = open_or_fail(patient_options(url_));
  insert(*direct, record_);
  PostgresOptions options =
      patient_options(cluster().tcp_url("127.0.0.1", proxy.port(), "schema=" + schema_));
  options.read_timeout = options.connect_timeout = std::chrono::seconds{1};
  const auto store = open_or_fail(options);
  Heard heard(*store);
  ASSERT_TRUE(heard.wait_for_everything());
  using Mode = Proxy::Mode;
  for (const Mode mode : {Mode::delay, Mode::black_hole, Mode::reset, Mode::cut_answers}) {
    EXPECT_TRUE(eventually_found(*store, record_.id)) << "before " << static_cast<int>(mode);
    heard.forget();
    proxy.set(mode, 3000);
    EXPECT_EQ(code_of(find(*store, record_.id)), Errc::store_unavailable) << static_cast<int>(mode);
    EXPECT_TRUE(heard.wait_for_everything()) << "the channel is lost " << static_cast<int>(mode);
    proxy.set(Mode::pass);
    EXPECT_TRUE(eventually_found(*store, record_.id)) << "after " << static_cast<int>(mode);
  }
}

// The answer to a revocation is lost: it was done or not, and doing it again is safe.
TEST_F(PostgresFaults, AWriteWhoseAnswerWasLostMayBeRepeated) {
  Proxy proxy(cluster().port());
  const auto direct = open_or_fail(patient_options(url_));
  insert(*direct, record_);
  const auto store = open_or_fail(
      patient_options(cluster().tcp_url("127.0.0.1", proxy.port(), "schema=" + schema_)));
  ASSERT_TRUE(eventually_found(*store, record_.id));
  proxy.set(Proxy::Mode::cut_answers);
  EXPECT_EQ(store->sessions().remove({&record_.id, 1}, EndReason::revoked, kBegin).error().code,
            Errc::store_unavailable);
  proxy.set(Proxy::Mode::pass);
  Result<std::size_t> removed = Error{Errc::conflict};
  const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!removed && std::chrono::steady_clock::now() < late) {
    removed = store->sessions().remove({&record_.id, 1}, EndReason::revoked, kBegin);
  }
  ASSERT_TRUE(removed) << removed.error().detail;
  EXPECT_EQ((*find(*direct, record_.id))[0].tombstone.value().reason, EndReason::revoked);
}

TEST_F(PostgresFaults, AWrongPasswordIsToldAndNeverRepeated) {
  ASSERT_EQ(cluster().run("DROP ROLE IF EXISTS pw_ann; CREATE ROLE pw_ann LOGIN PASSWORD 'right'"),
            "");
  std::string url = url_;
  url.replace(url.find("latchkey@"), 9, "pw_ann:hunter2@");
  const Error error = open_error(patient_options(url));
  EXPECT_EQ(error.code, Errc::store_unavailable);
  EXPECT_NE(error.detail.find("password authentication failed"), std::string::npos) << error.detail;
  EXPECT_EQ(error.detail.find("hunter2"), std::string::npos);
  url.replace(url.find("hunter2"), 7, "right");
  EXPECT_EQ(open_error(patient_options(url)).code, Errc::store_read_only) << "may not make tables";
}

TEST_F(PostgresFaults, RowsLockedByOthersAreBusyAndThenFree) {
  const auto store = open_or_fail(patient_options(url_));
  insert(*store, record_);
  PGconn* other = PQconnectdb(cluster().url().c_str());
  PQclear(PQexec(other, ("BEGIN; LOCK TABLE " + schema_ + ".latchkey_sessions").c_str()));
  EXPECT_EQ(store->sessions().remove({&record_.id, 1}, EndReason::logout, kBegin).error().code,
            Errc::store_busy);
  PQclear(PQexec(other, "ROLLBACK"));
  PQfinish(other);
  EXPECT_EQ(*store->sessions().remove({&record_.id, 1}, EndReason::logout, kBegin), 1U);
}

TEST_F(PostgresFaults, DatabasesThatCannotKeepThePromisesAreRefused) {
  ASSERT_EQ(cluster().run("CREATE DATABASE narrow ENCODING 'LATIN1' TEMPLATE template0"), "");
  const auto other_database = [](const std::string& name) {
    std::string url = cluster().url();
    return url.replace(url.rfind("/postgres"), 9, "/" + name);
  };
  EXPECT_EQ(open_error(patient_options(other_database("narrow"))).code, Errc::bad_config);
  EXPECT_EQ(open_error(patient_options(other_database("missing"))).code, Errc::store_unavailable);
}

TEST_F(PostgresFaults, AServerMustProveWhoItIs) {
  const std::string verify = "schema=" + schema_ + "&sslmode=verify-full&sslrootcert=";
  const std::uint16_t port = cluster().port();
  const auto store = open_or_fail(
      patient_options(cluster().tcp_url("localhost", port, verify + cluster().certificate())));
  ASSERT_NE(store, nullptr);
  EXPECT_TRUE(store->meta().check());
  EXPECT_NE(cluster().run("SELECT count(*) FROM pg_stat_ssl WHERE ssl"), "0");
  const Error name = open_error(
      patient_options(cluster().tcp_url("127.0.0.1", port, verify + cluster().certificate())));
  EXPECT_EQ(name.code, Errc::store_unavailable) << "the certificate is of another name";
  const Error root =
      open_error(patient_options(cluster().tcp_url("localhost", port, "sslmode=verify-full")));
  EXPECT_EQ(root.code, Errc::store_unavailable) << "nobody vouches for the certificate";
}

}  // namespace
}  // namespace latchkey::testing
