// What of a running server other processes could see: its memory, environment, arguments, files.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>

#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

std::string proc(pid_t pid, const std::string& name) {
  std::ostringstream text;
  text << std::ifstream("/proc/" + std::to_string(pid) + "/" + name, std::ios::binary).rdbuf();
  return text.str();
}

std::string credentials(const std::string& user, const std::string& password) {
  return R"({"username":")" + user + R"(","password":")" + password + R"("})";
}

TEST(Privacy, L1R125ItsMemoryIsForNobodyAndLeavesNoCore) {
  const TempDirectory directory;
  Server server(directory.path() + "/data");
  ASSERT_TRUE(server.ready());
  const std::string limits = proc(server.program().pid(), "limits");
  const std::size_t core = limits.find("Max core file size");
  ASSERT_NE(core, std::string::npos);
  std::istringstream words(limits.substr(core + 18));
  std::string soft;
  std::string hard;
  words >> soft >> hard;
  EXPECT_EQ(soft + " " + hard, "0 0");
  // The kernel gives the files in /proc of what cannot be dumped to root.
  struct stat status {};
  const std::string mem = "/proc/" + std::to_string(server.program().pid()) + "/mem";
  ASSERT_EQ(::stat(mem.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 0U);
  if (::geteuid() != 0) {
    EXPECT_EQ(::open(mem.c_str(), O_RDONLY), -1);
    EXPECT_EQ(errno, EACCES);
  }
}

TEST(Privacy, L2R125SecretsAreGoneFromEnvironmentAndArguments) {
  const TempDirectory directory;
  const std::string secret = "Zk3uYy0v1mQ8rTq5oW7xP2nL9sD4fGhJ6aBcE+i/RtU=";
  Server server(directory.path() + "/data",
                {"--carrier", "sealed", "--set", "keys.source=environment", "--set",
                 "takeover.lucia_cookie=postgres://app:pAssWoRd@h/d"},
                {.environment = {{"LATCHKEY_SECRET", secret}, {"SESSION_SECRET", secret + "x"}}});
  ASSERT_TRUE(server.ready()) << server.program().errors();
  const std::string environment = proc(server.program().pid(), "environ");
  if (environment.empty()) GTEST_SKIP() << "needs root to look into another process";
  EXPECT_NE(environment.find("LATCHKEY_SECRET="), std::string::npos);
  EXPECT_EQ(environment.find(secret.substr(0, 10)), std::string::npos);
  const std::string arguments = proc(server.program().pid(), "cmdline");
  EXPECT_EQ(arguments.find("pAssWoRd"), std::string::npos);
  EXPECT_NE(arguments.find("postgres://app:********@h/d"), std::string::npos);
  const auto made =
      server.ask("POST", "/v1/signup", "", credentials("ann", "a long enough password"));
  ASSERT_EQ(made ? made->status : 0, 201) << "the keys are known all the same";
  EXPECT_EQ(server.ask("GET", "/v1/session", cookie_of(*made))->status, 200);
}

class OpenDirectory : public ::testing::Test {
 protected:
  std::string refusal() const {
    Program program({.arguments = {"serve", "--listen", "127.0.0.1:0", "--data", data_}});
    EXPECT_NE(program.wait(), 0);
    return program.errors();
  }
  void chmod(const std::string& path, mode_t mode) const {
    ASSERT_EQ(::chmod(path.c_str(), mode), 0) << path;
  }
  TempDirectory directory_;
  const std::string data_ = directory_.path() + "/data";
};

TEST_F(OpenDirectory, L3ADirectoryThatOthersMayWriteToIsRefusedWithTheCure) {
  ASSERT_TRUE(Server(data_).ready());
  for (const mode_t mode : {0777U, 0770U, 0702U, 01777U}) {
    chmod(data_, mode);
    EXPECT_NE(refusal().find("run: chmod go-w " + data_), std::string::npos) << mode;
  }
  chmod(data_, 0755);
  EXPECT_TRUE(Server(data_).ready()) << "others see names, and no content";
  chmod(data_ + "/latchkey.db", 0644);
  EXPECT_NE(refusal().find("run: chmod 600 " + data_ + "/latchkey.db"), std::string::npos);
  chmod(data_, 0700);
  EXPECT_TRUE(Server(data_).ready()) << "nobody comes to it";
  chmod(data_ + "/latchkey.key", 0640);
  EXPECT_NE(refusal().find("run: chmod 600 " + data_ + "/latchkey.key"), std::string::npos);
}

TEST_F(OpenDirectory, L3WhatBelongsToAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to give a file away";
  ASSERT_TRUE(Server(data_).ready());
  ASSERT_EQ(::chown((data_ + "/latchkey.key").c_str(), 65534, 65534), 0);
  EXPECT_NE(refusal().find("belongs to another user (uid 65534)"), std::string::npos);
  ASSERT_EQ(::chown((data_ + "/latchkey.key").c_str(), 0, 0), 0);
  ASSERT_EQ(::chown(data_.c_str(), 65534, 65534), 0);
  EXPECT_NE(refusal().find("run: chown 0 " + data_), std::string::npos);
}

TEST_F(OpenDirectory, L3ADirectoryOnTheWayThatEverybodyMayChangeIsNamedInTheLog) {
  chmod(directory_.path(), 0777);
  Server server(data_);
  ASSERT_TRUE(server.ready());
  EXPECT_NE(server.program().errors().find(R"("event":"data_directory_exposed","directory":")" +
                                           directory_.path()),
            std::string::npos)
      << server.program().errors();
  chmod(directory_.path(), 01777);
  EXPECT_EQ(Server(data_).program().errors().find("data_directory_exposed"), std::string::npos);
}

TEST_F(OpenDirectory, L3AllFilesOfTheFirstStartAreForTheirOwnerAlone) {
  const mode_t before = ::umask(0);
  Server server(data_ + "/a/b");
  ::umask(before);
  ASSERT_TRUE(server.ready());
  EXPECT_EQ(
      server.ask("POST", "/v1/signup", "", credentials("a", "a long enough password"))->status,
      201);
  for (const char* name : {"", "/a", "/a/b", "/a/b/latchkey.db", "/a/b/latchkey.db-wal",
                           "/a/b/latchkey.db-shm", "/a/b/latchkey.key"}) {
    struct stat status {};
    ASSERT_EQ(::stat((data_ + name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_mode & 077U, 0U) << name;
  }
}

}  // namespace
}  // namespace latchkey::testing
