// Backups of a running server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/cli/operator_walk.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;

class BackupProgram : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_.path() + '/' + name; }
  Ran back_up(const std::string& place) const {
    return run({"backup", "--data", path("data"), "--output", path(place)});
  }
  Ran restore(const std::string& place) const {
    return run({"restore", "--data", path("again"), path(place)});
  }
  static unsigned mode(const std::string& file) {
    struct stat status {};
    return ::stat(file.c_str(), &status) == 0 ? status.st_mode & 0777U : 0;
  }
  // make_backup backs up a server with one user who is logged in, and returns the cookie's value.
  std::string make_backup() const {
    const Server server(path("data"));
    const Ran added =
        run({"user", "add", "--data", path("data"), "--username", "ada", "--password-file", "-"},
            kOperatorPassword);
    EXPECT_EQ(added.code, 0) << added.err;
    const std::string cookie = log_in_at(server, "ada");
    const Ran made = back_up("copy");
    EXPECT_EQ(made.code, 0) << made.err;
    EXPECT_TRUE(answers(server, cookie, 200)) << "it goes on";
    return cookie.substr(cookie.find('='));
  }

  TempDirectory directory_;
};

TEST_F(BackupProgram, AServerGoesOnFromABackupWithItsUsersAndSessions) {
  const std::string value = make_backup();
  EXPECT_EQ(mode(path("copy")), 0700U);
  EXPECT_EQ(mode(path("copy/latchkey.db")), 0600U);
  EXPECT_EQ(mode(path("copy/latchkey.key")), 0600U);
  EXPECT_EQ(back_up("copy").code, 2) << "a backup is never written over";
  const Ran restored = restore("copy");
  ASSERT_EQ(restored.code, 0) << restored.err;
  EXPECT_EQ(mode(path("again/latchkey.db")), 0600U);
  const Server server(path("again"));
  ASSERT_TRUE(server.ready());
  EXPECT_TRUE(answers(server, server.cookie_name() + value, 200));
  EXPECT_FALSE(log_in_at(server, "ada").empty());
  const Ran twice = restore("copy");
  EXPECT_EQ(twice.code, 2);
  EXPECT_THAT(twice.err, HasSubstr("move it away"));
}

TEST_F(BackupProgram, WhatIsDamagedOrForeignIsNotRestored) {
  make_backup();
  std::filesystem::copy(path("copy"), path("damaged"));
  std::fstream file(path("damaged/latchkey.db"), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(5000);
  file << std::string(20000, 'x');
  file.close();
  EXPECT_EQ(restore("damaged").code, 1);
  { const Server other(path("other")); }
  std::filesystem::copy(path("copy"), path("mixed"));
  std::filesystem::copy(path("other/latchkey.key"), path("mixed/latchkey.key"),
                        std::filesystem::copy_options::overwrite_existing);
  const Ran mixed = restore("mixed");
  EXPECT_EQ(mixed.code, 1);
  EXPECT_THAT(mixed.err, HasSubstr("do not belong together"));
  EXPECT_EQ(restore("nowhere").code, 2);
  EXPECT_FALSE(std::filesystem::exists(path("again/latchkey.db")));
  EXPECT_FALSE(std::filesystem::exists(path("again/latchkey.db.restoring")));
  EXPECT_EQ(restore("copy").code, 0) << "nothing stands in its way";
}

TEST_F(BackupProgram, OtherEnginesHaveToolsOfTheirOwn) {
  const Ran redis =
      run({"backup", "--store", "redis://:secret@127.0.0.1:1", "--output", path("copy")});
  EXPECT_EQ(redis.code, 2);
  EXPECT_THAT(redis.err, HasSubstr("tools of its engine"));
  EXPECT_THAT(redis.err, ::testing::Not(HasSubstr("secret")));
  EXPECT_FALSE(std::filesystem::exists(path("copy")));
}

}  // namespace
}  // namespace latchkey::testing
