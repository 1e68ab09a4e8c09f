#include "server/files/data_directory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "latchkey/store/scan_store.h"
#include "tests/support/temp_directory.h"

namespace latchkey::server {
namespace {

namespace fs = std::filesystem;

class DataDirectoryTest : public ::testing::Test {
 protected:
  std::string directory() const { return temp_.path() + "/a/data"; }
  Result<OpenedData> open() const { return open_data(directory(), url_, {}, system_entropy()); }
  std::string error() const {
    const Result<OpenedData> opened = open();
    return opened ? "" : opened.error().detail;
  }
  void remove_database() const {
    for (const char* end : {"", "-wal", "-shm"}) fs::remove(database_path(directory()) + end);
  }
  static unsigned mode_of(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0U;
  }

  testing::TempDirectory temp_;
  std::string url_;
};

TEST_F(DataDirectoryTest, TheFirstStartMakesEverythingForItsOwnerAlone) {
  const Result<OpenedData> opened = open();
  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_TRUE(opened->made_store);
  EXPECT_TRUE(opened->made_keys);
  EXPECT_EQ(mode_of(directory()), 0700U);
  EXPECT_EQ(mode_of(database_path(directory())), 0600U);
  EXPECT_EQ(mode_of(key_file_path(directory())), 0600U);
  EXPECT_EQ(opened->store->meta().meta()->instance, opened->keys.instance);
}

TEST_F(DataDirectoryTest, R96TheFirstStartMakesNoUser) {
  const Result<OpenedData> opened = open();
  ASSERT_TRUE(opened) << opened.error().detail;
  ASSERT_NE(opened->store->scan(), nullptr);
  const auto users = opened->store->scan()->scan(ScanKind::users, "", 10);
  ASSERT_TRUE(users) << users.error().detail;
  EXPECT_TRUE(users->users.empty());
}

TEST_F(DataDirectoryTest, L3ADirectoryThatOthersMayWriteToIsRefused) {
  ASSERT_TRUE(open());
  fs::permissions(directory(), fs::perms::group_write, fs::perm_options::add);
  EXPECT_NE(error().find("run: chmod go-w " + directory()), std::string::npos) << error();
  fs::permissions(directory(), fs::perms::owner_all);
  EXPECT_EQ(error(), "");
}

TEST_F(DataDirectoryTest, ALaterStartFindsTheSame) {
  std::string instance;
  {
    const Result<OpenedData> first = open();
    ASSERT_TRUE(first);
    instance = first->keys.instance;
  }
  const Result<OpenedData> second = open();
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_FALSE(second->made_store);
  EXPECT_FALSE(second->made_keys);
  EXPECT_EQ(second->keys.instance, instance);
}

TEST_F(DataDirectoryTest, AStoreElsewhereBelongsToTheKeysAllTheSame) {
  url_ = "sqlite:" + temp_.path() + "/elsewhere.db";
  {
    const Result<OpenedData> first = open();
    ASSERT_TRUE(first) << first.error().detail;
    EXPECT_FALSE(fs::exists(database_path(directory())));
    EXPECT_EQ(first->store->meta().meta()->instance, first->keys.instance);
  }
  ASSERT_TRUE(open());
  url_ = "sqlite:" + temp_.path() + "/other.db";
  { ASSERT_TRUE(open_store(url_)); }
  EXPECT_NE(error().find("the sqlite store of store.url is not the one that"), std::string::npos)
      << error();
}

TEST_F(DataDirectoryTest, AnotherStoreIsToldApartWhereverItIs) {
  url_ = "memory:";
  ASSERT_EQ(error(), "");
  EXPECT_NE(error().find("the memory store of store.url is not the one that"), std::string::npos)
      << error();
}

TEST_F(DataDirectoryTest, AnInterruptedFirstStartIsFinished) {
  ASSERT_TRUE(open());
  fs::remove(key_file_path(directory()));
  const Result<OpenedData> opened = open();
  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_FALSE(opened->made_store);
  EXPECT_TRUE(opened->made_keys);
  EXPECT_EQ(opened->store->meta().meta()->instance, opened->keys.instance);
}

TEST_F(DataDirectoryTest, ALostDatabaseIsAFailureAndNotAnEmptyStore) {
  ASSERT_TRUE(open());
  remove_database();
  const Result<OpenedData> opened = open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::store_mismatch);
  EXPECT_NE(opened.error().detail.find("is gone"), std::string::npos);
  EXPECT_NE(opened.error().detail.find("Restore"), std::string::npos);
  EXPECT_NE(opened.error().detail.find("move " + key_file_path(directory()) + " away"),
            std::string::npos);
  EXPECT_FALSE(fs::exists(database_path(directory()))) << "nothing was made in its place";
}

TEST_F(DataDirectoryTest, AForeignOrEmptiedDatabaseIsRefused) {
  ASSERT_TRUE(open());
  remove_database();
  { ASSERT_TRUE(open_store(database_path(directory()))); }
  EXPECT_NE(error().find("is not the one that"), std::string::npos) << error();
  remove_database();
  std::ofstream(database_path(directory())).flush();
  EXPECT_NE(error(), "");
}

TEST_F(DataDirectoryTest, ADamagedDatabaseIsRefused) {
  ASSERT_TRUE(open());
  for (const char* end : {"-wal", "-shm"}) fs::remove(database_path(directory()) + end);
  std::ofstream(database_path(directory()), std::ios::trunc) << std::string(8192, 'x');
  EXPECT_NE(error().find("is damaged. Restore it from a backup"), std::string::npos) << error();
}

TEST_F(DataDirectoryTest, AKeyFileOthersMayReadIsRefused) {
  ASSERT_TRUE(open());
  ::chmod(key_file_path(directory()).c_str(), 0644);
  EXPECT_NE(error().find("chmod 600"), std::string::npos);
}

TEST_F(DataDirectoryTest, ADirectoryThatCannotBeUsedIsNamedWithTheWayOut) {
  std::ofstream(temp_.path() + "/a") << "a file";
  EXPECT_NE(error().find("choose another one with --data DIR"), std::string::npos);
  fs::remove(temp_.path() + "/a");
  fs::create_directories(temp_.path() + "/a");
  std::ofstream(directory()) << "a file";
  EXPECT_NE(error().find("is not a directory"), std::string::npos);
}

TEST_F(DataDirectoryTest, ADirectoryThatCannotBeWrittenIsNamedWithTheWayOut) {
  fs::create_directories(directory());
  ::chmod(directory().c_str(), 0500);
  const uid_t user = ::geteuid();
  constexpr uid_t kNobody = 65534;
  if (user == 0) {  // root may write everywhere
    for (const std::string& path : {temp_.path(), temp_.path() + "/a", directory()}) {
      ASSERT_EQ(::chown(path.c_str(), kNobody, kNobody), 0);
    }
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const std::string told = error();
  if (user == 0) {
    ASSERT_EQ(::seteuid(user), 0);
  }
  EXPECT_NE(told.find("cannot be written"), std::string::npos) << told;
}

}  // namespace
}  // namespace latchkey::server
