#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "latchkey/sqlite.h"
#include "store/sqlite/test_support.h"

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

// What a message must name, so that curing it is enough.
void expect_refused(const std::string& path, const std::string& named) {
  const auto store = open_sqlite({.path = path});
  ASSERT_FALSE(store) << "it was opened";
  EXPECT_EQ(store.error().code, Errc::store_read_only) << store.error().detail;
  EXPECT_NE(store.error().detail.find(named), std::string::npos) << store.error().detail;
}

mode_t mode_of(const std::string& path) {
  struct stat found {};
  EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
  return found.st_mode & 0777;
}

// A directory and a database of the user without rights.
class SqliteForNobody : public ::testing::Test {
 protected:
  SqliteForNobody() {
    EXPECT_EQ(::chmod(dir_.path().c_str(), 0777), 0);
    const Unprivileged unprivileged;
    EXPECT_TRUE(insert_ok(*open_or_fail(dir_.file()), make_record(1)));
  }
  TempDir dir_;
};

TEST_F(SqliteForNobody, F5AFileThatCannotBeWrittenIsRefusedAndCuringItIsEnough) {
  for (const mode_t mode : {mode_t{0400}, mode_t{0444}, mode_t{0200}, mode_t{0}}) {
    ASSERT_EQ(::chmod(dir_.file().c_str(), mode), 0);
    const Unprivileged unprivileged;
    expect_refused(dir_.file(), "sessions.db");
    EXPECT_FALSE(fs::exists(dir_.file() + "-shm")) << "nothing is left behind";
    EXPECT_FALSE(fs::exists(dir_.file() + "-wal"));
  }
  ASSERT_EQ(::chmod(dir_.file().c_str(), 0600), 0);
  const Unprivileged unprivileged;
  EXPECT_TRUE(insert_ok(*open_or_fail(dir_.file()), make_record(2)));
}

TEST_F(SqliteForNobody, F5CompanionsOfOursWithAWrongModeAreRepaired) {
  for (const mode_t mode : {mode_t{0400}, mode_t{0}, mode_t{0644}}) {
    const Unprivileged unprivileged;
    for (const char* suffix : {"-wal", "-shm"}) {
      std::ofstream(dir_.file() + suffix) << "";
      ASSERT_EQ(::chmod((dir_.file() + suffix).c_str(), mode), 0);
    }
    const auto store = open_or_fail(dir_.file());
    ASSERT_NE(store, nullptr);
    EXPECT_TRUE(insert_ok(*store, make_record(10 + mode)));
    EXPECT_EQ(mode_of(dir_.file() + "-wal"), 0600U);
    EXPECT_EQ(mode_of(dir_.file() + "-shm"), 0600U);
  }
}

TEST_F(SqliteForNobody, F5CompanionsOfAnotherUserAreNamed) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  for (const char* suffix : {"-wal", "-shm"}) {
    std::ofstream(dir_.file() + suffix) << "";
    ASSERT_EQ(::chmod((dir_.file() + suffix).c_str(), 0644), 0);
    {
      const Unprivileged unprivileged;
      expect_refused(dir_.file(), std::string("sessions.db") + suffix);
    }
    fs::remove(dir_.file() + suffix);
  }
  ASSERT_EQ(::chown(dir_.file().c_str(), 0, 0), 0);
  for (const mode_t mode : {mode_t{0644}, mode_t{0600}}) {
    ASSERT_EQ(::chmod(dir_.file().c_str(), mode), 0);
    const Unprivileged unprivileged;
    expect_refused(dir_.file(), "sessions.db");
  }
}

TEST_F(SqliteForNobody, F5ADirectoryThatCannotBeWrittenIsNamed) {
  ASSERT_EQ(::chmod(dir_.path().c_str(), 0555), 0);
  {
    const Unprivileged unprivileged;
    expect_refused(dir_.file(), fs::path(dir_.path()).filename());
  }
  ASSERT_EQ(::chmod(dir_.path().c_str(), 0777), 0);
}

TEST_F(SqliteForNobody, F5TheFileBehindALinkIsTheOneThatCounts) {
  ASSERT_EQ(::mkdir(dir_.file("links").c_str(), 0777), 0);
  fs::create_symlink(dir_.file(), dir_.file("links/link.db"));
  {
    const Unprivileged unprivileged;
    EXPECT_TRUE(insert_ok(*open_or_fail(dir_.file("links/link.db")), make_record(2)));
  }
  ASSERT_EQ(::chmod(dir_.file().c_str(), 0444), 0);
  {
    const Unprivileged unprivileged;
    expect_refused(dir_.file("links/link.db"), "sessions.db");
  }
  fs::remove(dir_.file());
  const auto dangling = open_sqlite({.path = dir_.file("links/link.db")});
  ASSERT_FALSE(dangling);
  EXPECT_NE(dangling.error().detail.find("symbolic link"), std::string::npos);
}

// Mounted in a name space of its own, which goes with the process.
TEST(SqliteFault, F5AReadOnlyMountAndAFullDiskAreRefused) {
  TempDir dir;
  Child child([&] {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", dir.path().c_str(), "tmpfs", 0, "size=1m") != 0) {
      return 77;
    }
    const auto code = [&] {
      const auto store = open_sqlite({.path = dir.file()});
      return store ? Errc::bad_config : store.error().code;
    };
    const auto remount = [&](unsigned long flags) {
      return ::mount("none", dir.path().c_str(), nullptr, MS_REMOUNT | flags, "size=1m") == 0;
    };
    const auto fill = [&] { std::ofstream(dir.file("fill")) << std::string(2'000'000, 'x'); };
    fill();
    if (code() != Errc::store_read_only) return 1;  // a new database
    fs::remove(dir.file("fill"));
    fs::remove(dir.file());
    if (code() != Errc::bad_config) return 2;
    fill();
    if (code() != Errc::store_read_only) return 3;  // one that was there
    fs::remove(dir.file("fill"));
    if (!remount(MS_RDONLY)) return 77;
    if (code() != Errc::store_read_only) return 4;
    if (!remount(0)) return 77;
    return code() == Errc::bad_config ? 0 : 5;
  });
  const int code = child.wait();
  if (code == 77) GTEST_SKIP() << "nothing can be mounted here";
  EXPECT_EQ(code, 0);
}

TEST(SqliteFault, AReadOnlyFileServesReadsAndRefusesWrites) {
  TempDir dir;
  { EXPECT_TRUE(insert_ok(*open_or_fail(dir.file()), make_record(1))); }
  ASSERT_EQ(::chmod(dir.path().c_str(), 0777), 0);
  ASSERT_EQ(::chmod(dir.file().c_str(), 0444), 0);
  const Unprivileged unprivileged;
  const auto store = open_or_fail(dir.file(), {.read_only = true});
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

TEST(SqliteFault, TheDataOfAnotherStoreInTheSameFileAreAMismatch) {
  TempDir dir;
  auto store = open_or_fail(dir.file());
  ASSERT_TRUE(insert_ok(*store, make_record(1)));
  const auto other = open_plain(dir.file());
  ASSERT_TRUE(other->exec("UPDATE latchkey_meta SET value='another' WHERE key='instance'"));
  EXPECT_EQ(find_error(*store, 9), Errc::store_mismatch) << "it may be where the rows are";
  EXPECT_EQ(insert_error(*store, 2), Errc::store_mismatch);
  const auto standing = store->denials().standing("key", *UserId::parse("u1"));
  ASSERT_FALSE(standing);
  EXPECT_EQ(standing.error().code, Errc::store_mismatch);
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
