#include "server/files/file_watch.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_directory.h"

namespace latchkey::server {
namespace {

class FileWatchTest : public ::testing::Test {
 protected:
  FileWatchTest() {
    write(path_, "text");
    (void)watch_.changed();
  }
  // write sets what a watch looks at, but for the inode, to the same as ever.
  static void write(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
    ::chmod(path.c_str(), 0600);
    set_time(path, 1000, 500);
  }
  static void set_time(const std::string& path, time_t seconds, long nanos) {
    const timespec times[] = {{0, UTIME_OMIT}, {seconds, nanos}};
    ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  }

  const testing::TempDirectory directory_;
  const std::string path_ = directory_.path() + "/file";
  FileWatch watch_{path_};
};

TEST_F(FileWatchTest, WhatStaysTheSameIsNoChange) {
  EXPECT_FALSE(watch_.changed());
  write(path_, "more");
  EXPECT_FALSE(watch_.changed()) << "nothing tells it apart";
}

// Each sign of a change alone is one, and is told once.
TEST_F(FileWatchTest, EachSignIsAChange) {
  set_time(path_, 1001, 500);
  EXPECT_TRUE(watch_.changed()) << "seconds";
  EXPECT_FALSE(watch_.changed());
  set_time(path_, 1001, 501);
  EXPECT_TRUE(watch_.changed()) << "nanoseconds";
  ::chmod(path_.c_str(), 0640);
  EXPECT_TRUE(watch_.changed()) << "mode";
  write(path_, "text");
  EXPECT_TRUE(watch_.changed());
  write(path_, "longer");
  EXPECT_TRUE(watch_.changed()) << "size";
  write(path_ + ".new", "longer");
  std::filesystem::rename(path_ + ".new", path_);
  EXPECT_TRUE(watch_.changed()) << "another file of the same name";
  EXPECT_FALSE(watch_.changed());
}

TEST_F(FileWatchTest, ToGoAndToComeAreChanges) {
  std::filesystem::remove(path_);
  EXPECT_TRUE(watch_.changed());
  EXPECT_FALSE(watch_.changed());
  write(path_, "text");
  EXPECT_TRUE(watch_.changed());
}

}  // namespace
}  // namespace latchkey::server
