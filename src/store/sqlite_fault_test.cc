#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "latchkey/sqlite.h"
#include "store/sqlite_test_support.h"

// Whatever happens to the file: a clear error, nothing lost, and a failing store never looks like
// one without sessions.
namespace latchkey::sqlite::testing {
namespace {

namespace fs = std::filesystem;

Errc open_error(SqliteOptions options) {
  const Result<std::unique_ptr<Store>> store = open_sqlite(options);
  EXPECT_FALSE(store);
  if (store) return Errc::bad_config;
  EXPECT_NE(store.error().detail.find(':'), std::string::npos)
      << "says what to do: " << store.error().detail;
  return store.error().code;
}

Errc insert_error(Store& store, std::uint64_t number) {
  const auto outcome = store.sessions().insert(make_record(number), {.now = kNow});
  EXPECT_FALSE(outcome);
  return outcome ? Errc::bad_config : outcome.error().code;
}

Errc find_error(Store& store, std::uint64_t number) {
  const SessionId id = make_id(number);
  const auto found = store.sessions().find({&id, 1}, {});
  EXPECT_FALSE(found);
  return found ? Errc::bad_config : found.error().code;
}

// Unprivileged drops root's power over permissions for as long as it lives.
class Unprivileged {
 public:
  Unprivileged() : was_root_(::geteuid() == 0) { EXPECT_TRUE(!was_root_ || ::seteuid(65534) == 0); }
  ~Unprivileged() { EXPECT_TRUE(!was_root_ || ::seteuid(0) == 0); }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

 private:
  bool was_root_;
};

TEST(SqliteFault, BadOptionsAreMisuse) {
  TempDir dir;
  EXPECT_EQ(open_error({.path = ""}), Errc::bad_config);
  EXPECT_EQ(open_error({.path = ":memory:"}), Errc::bad_config);
  EXPECT_EQ(open_error({.path = std::string("a\0b", 3)}), Errc::bad_config);
  EXPECT_EQ(open_error({.path = dir.file(), .max_group = 0}), Errc::bad_config);
  EXPECT_EQ(open_error({.path = dir.file(), .watch_every = Millis{0}}), Errc::bad_config);
  EXPECT_FALSE(fs::exists(dir.file()));
}

TEST(SqliteFault, AMissingFileIsMadeOnlyWhenNothingWasExpected) {
  TempDir dir;
  EXPECT_EQ(open_error({.path = dir.file(), .create = false}), Errc::store_unavailable);
  EXPECT_EQ(open_error({.path = dir.file(), .expected_instance = "x"}), Errc::store_unavailable);
  EXPECT_EQ(open_error({.path = dir.path() + "/no/such/dir.db"}), Errc::store_unavailable);
  EXPECT_EQ(open_error({.path = dir.path()}), Errc::store_unavailable) << "a directory";
  EXPECT_FALSE(fs::exists(dir.file()));
}

TEST(SqliteFault, FilesBelongToTheirOwnerWhateverTheUmask) {
  TempDir dir;
  const mode_t before = ::umask(0);
  const auto store = open_or_fail(dir.file());
  ::umask(before);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat found {};
    ASSERT_EQ(::stat((dir.file() + suffix).c_str(), &found), 0) << suffix;
    EXPECT_EQ(found.st_mode & 0777, 0600U) << suffix;
  }
}

TEST(SqliteFault, ALogWithoutItsDatabaseIsNotANewDatabase) {
  TempDir dir;
  std::ofstream(dir.file() + "-wal") << "frames";
  EXPECT_EQ(open_error({.path = dir.file()}), Errc::store_unavailable);
  EXPECT_FALSE(fs::exists(dir.file()));
}

TEST(SqliteFault, AFileThatIsNoDatabaseIsDamaged) {
  TempDir dir;
  const std::string text(8192, 'x');
  std::ofstream(dir.file()) << text;
  EXPECT_EQ(open_error({.path = dir.file()}), Errc::store_damaged);
  EXPECT_EQ(fs::file_size(dir.file()), text.size()) << "left as it was";
}

TEST(SqliteFault, ADamagedPageIsDamageAndNotAnAbsentSession) {
  TempDir dir;
  auto store = open_or_fail(dir.file());
  for (std::uint64_t i = 0; i < 200; ++i) ASSERT_TRUE(insert_ok(*store, make_record(i)));
  store.reset();
  {
    std::fstream file(dir.file(), std::ios::in | std::ios::out | std::ios::binary);
    const auto size = static_cast<std::streamoff>(fs::file_size(dir.file()));
    for (std::streamoff page = 2 * 4096; page < size; page += 4096) {
      file.seekp(page);
      file << std::string(64, '\xff');
    }
  }
  const auto damaged = open_sqlite({.path = dir.file()});
  if (!damaged) {
    EXPECT_EQ(damaged.error().code, Errc::store_damaged) << damaged.error().detail;
    return;
  }
  EXPECT_EQ(find_error(**damaged, 1), Errc::store_damaged);
  EXPECT_EQ(insert_error(**damaged, 1000), Errc::store_damaged);
}

TEST(SqliteFault, ALockedDatabaseIsBusyForWritersAndReadsGoOn) {
  TempDir dir;
  auto store = open_or_fail(dir.file(), {.busy_timeout = Millis{20}});
  ASSERT_TRUE(insert_ok(*store, make_record(1)));
  const auto other = open_plain(dir.file());
  ASSERT_TRUE(other->exec("BEGIN EXCLUSIVE"));
  EXPECT_EQ(insert_error(*store, 2), Errc::store_busy);
  EXPECT_TRUE(find_or_fail(*store, make_id(1)).record);
  ASSERT_TRUE(other->exec("ROLLBACK"));
  EXPECT_FALSE(find_or_fail(*store, make_id(2)).record) << "the refused write left nothing";
  EXPECT_TRUE(insert_ok(*store, make_record(2)));
}

TEST(SqliteFault, AWriteWaitsForALockThatIsGivenBackInTime) {
  TempDir dir;
  auto store = open_or_fail(dir.file(), {.busy_timeout = std::chrono::seconds{30}});
  const auto other = open_plain(dir.file());
  ASSERT_TRUE(other->exec("BEGIN EXCLUSIVE"));
  std::thread writer([&] { EXPECT_TRUE(insert_ok(*store, make_record(1))); });
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(find_or_fail(*store, make_id(1)).record);
  ASSERT_TRUE(other->exec("COMMIT"));
  writer.join();
  EXPECT_TRUE(find_or_fail(*store, make_id(1)).record);
}

TEST(SqliteFault, AFileLockedForReadingTooIsBusyWithinTheReadTimeout) {
  TempDir dir;
  { const auto made = open_or_fail(dir.file()); }
  const auto other = open_plain(dir.file());
  ASSERT_TRUE(other->exec("PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE"));
  EXPECT_EQ(open_error({.path = dir.file(), .busy_timeout = Millis{20}}), Errc::store_busy);
}

TEST(SqliteFault, AReadOnlyFileServesReadsAndRefusesWrites) {
  TempDir dir;
  { EXPECT_TRUE(insert_ok(*open_or_fail(dir.file()), make_record(1))); }
  ASSERT_EQ(::chmod(dir.path().c_str(), 0777), 0);
  ASSERT_EQ(::chmod(dir.file().c_str(), 0444), 0);
  const Unprivileged unprivileged;
  const auto store = open_or_fail(dir.file());
  EXPECT_TRUE(find_or_fail(*store, make_id(1)).record);
  EXPECT_EQ(insert_error(*store, 2), Errc::store_read_only);
  EXPECT_TRUE(store->meta().check());
}

TEST(SqliteFault, AReadOnlyDirectoryIsReadOnly) {
  TempDir dir;
  { const auto made = open_or_fail(dir.file()); }
  ASSERT_EQ(::chmod(dir.file().c_str(), 0444), 0);
  ASSERT_EQ(::chmod(dir.path().c_str(), 0555), 0);
  {
    const Unprivileged unprivileged;
    EXPECT_EQ(open_error({.path = dir.file()}), Errc::store_read_only);
    EXPECT_EQ(open_error({.path = dir.file("new.db")}), Errc::store_read_only);
  }
  ASSERT_EQ(::chmod(dir.path().c_str(), 0700), 0);
}

TEST(SqliteFault, ADeletedFileFailsEverythingAndAcknowledgesNothing) {
  TempDir dir;
  auto store = open_or_fail(dir.file());
  ASSERT_TRUE(insert_ok(*store, make_record(1)));
  fs::remove(dir.file());
  EXPECT_EQ(insert_error(*store, 2), Errc::store_unavailable);
  EXPECT_EQ(find_error(*store, 1), Errc::store_unavailable);
  EXPECT_EQ(store->meta().check().error().code, Errc::store_unavailable);
  EXPECT_FALSE(fs::exists(dir.file())) << "no new file";
}

TEST(SqliteFault, ReadersNoticeADeletedFileByThemselves) {
  TempDir dir;
  auto store = open_or_fail(dir.file());
  ASSERT_TRUE(insert_ok(*store, make_record(1)));
  EXPECT_TRUE(find_or_fail(*store, make_id(1)).record);
  fs::remove(dir.file());
  // Readers believe the file's identity for 100 ms; the run's own time limit ends a loop for ever.
  const SessionId id = make_id(1);
  while (store->sessions().find({&id, 1}, {})) std::this_thread::yield();
  EXPECT_EQ(find_error(*store, 1), Errc::store_unavailable);
}

TEST(SqliteFault, AReplacedFileIsNotWrittenAndItsLogSurvives) {
  TempDir dir;
  auto store = open_or_fail(dir.file());
  auto other = open_or_fail(dir.file("other.db"));
  ASSERT_TRUE(insert_ok(*other, make_record(7)));
  for (const char* suffix : {"", "-wal", "-shm"}) {
    fs::rename(dir.file("other.db") + suffix, dir.file() + suffix);
  }
  EXPECT_EQ(insert_error(*store, 1), Errc::store_unavailable);
  store.reset();
  EXPECT_TRUE(fs::exists(dir.file() + "-wal")) << "it is the other database's now";
  other.reset();
  const auto replaced = open_or_fail(dir.file());
  EXPECT_TRUE(find_or_fail(*replaced, make_id(7)).record);
}

TEST(SqliteFault, ADeletedLogIsNoticed) {
  TempDir dir;
  auto store = open_or_fail(dir.file());
  ASSERT_TRUE(insert_ok(*store, make_record(1)));
  fs::remove(dir.file() + "-wal");
  EXPECT_EQ(insert_error(*store, 2), Errc::store_unavailable);
}

TEST(SqliteFault, TheStoreResumesWhenTheSameFileComesBack) {
  TempDir dir;
  auto store = open_or_fail(dir.file());
  ASSERT_TRUE(insert_ok(*store, make_record(1)));
  fs::rename(dir.file(), dir.file("away"));
  EXPECT_EQ(insert_error(*store, 2), Errc::store_unavailable);
  fs::rename(dir.file("away"), dir.file());
  EXPECT_TRUE(insert_ok(*store, make_record(2)));
  EXPECT_TRUE(find_or_fail(*store, make_id(1)).record);
  EXPECT_TRUE(find_or_fail(*store, make_id(2)).record);
}

TEST(SqliteFault, AnEmptiedDatabaseIsAMismatchAndNotALogout) {
  TempDir dir;
  auto store = open_or_fail(dir.file());
  ASSERT_TRUE(insert_ok(*store, make_record(1)));
  const auto other = open_plain(dir.file());
  ASSERT_TRUE(other->exec("DELETE FROM latchkey_sessions; DELETE FROM latchkey_meta"));
  EXPECT_EQ(find_error(*store, 1), Errc::store_mismatch);
  EXPECT_EQ(insert_error(*store, 2), Errc::store_mismatch);
  EXPECT_EQ(store->meta().check().error().code, Errc::store_mismatch);
  store.reset();
  EXPECT_EQ(open_error({.path = dir.file()}), Errc::store_mismatch);
}

TEST(SqliteFault, DroppedTablesAreAMismatch) {
  TempDir dir;
  auto store = open_or_fail(dir.file());
  const auto other = open_plain(dir.file());
  ASSERT_TRUE(other->exec("DROP TABLE latchkey_sessions"));
  EXPECT_EQ(find_error(*store, 1), Errc::store_mismatch);
  EXPECT_EQ(insert_error(*store, 1), Errc::store_mismatch);
}

TEST(SqliteFault, ARowOfAnotherHandIsDamage) {
  TempDir dir;
  auto store = open_or_fail(dir.file());
  ASSERT_TRUE(insert_ok(*store, make_record(1)));
  const auto other = open_plain(dir.file());
  ASSERT_TRUE(other->exec("UPDATE latchkey_sessions SET previous=x'01'"));
  EXPECT_EQ(find_error(*store, 1), Errc::store_damaged);
  ASSERT_TRUE(other->exec("UPDATE latchkey_sessions SET previous=NULL, user_id=char(10)"));
  EXPECT_EQ(find_error(*store, 1), Errc::store_damaged);
}

}  // namespace
}  // namespace latchkey::sqlite::testing
