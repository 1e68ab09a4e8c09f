// R71: password.leaked_list, a local copy of a list of leaked passwords.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;

// printf 'correct horse battery staple' | sha1sum
constexpr const char* kLine = "ABF7AAD6438836DBE526AA231ABDE2D0EEF74D42:21\n";

class LeakedList : public ::testing::Test {
 protected:
  std::string data() const { return directory_.path() + "/data"; }
  std::string write(const std::string& text) const {
    std::ofstream(path_) << text;
    return path_;
  }
  static RawAnswer sign_up(const Server& server, const std::string& name,
                           const std::string& password) {
    const auto answer =
        server.ask("POST", "/v1/signup", "",
                   R"({"username":")" + name + R"(","password":")" + password + R"("})");
    return answer ? *answer : RawAnswer{};
  }
  TempDirectory directory_;
  const std::string path_ = directory_.path() + "/list";
};

TEST_F(LeakedList, R71ANewPasswordThatIsOnTheListIsRefused) {
  const Server server(data(), {"--set", "password.leaked_list=" + write(kLine)});
  ASSERT_TRUE(server.ready());
  const RawAnswer leaked = sign_up(server, "ada", "correct horse battery staple");
  EXPECT_EQ(leaked.status, 422);
  EXPECT_THAT(leaked.body, HasSubstr("\"password_common\""));
  EXPECT_EQ(sign_up(server, "ada", "another long enough password").status, 201);
  write("");
  EXPECT_EQ(sign_up(server, "bob", "a third long enough password").status, 503)
      << "a list that cannot be read lets nothing through";
  const auto in = server.ask("POST", "/v1/login", "",
                             R"({"username":"ada","password":"another long enough password"})");
  ASSERT_TRUE(in);
  EXPECT_EQ(in->status, 200) << "log-ins do not ask it";
}

TEST_F(LeakedList, WhatIsNoListEndsTheStart) {
  for (const std::string& list : {write("no list\n"), directory_.path() + "/missing"}) {
    Program program({.arguments = {"serve", "--data", data(), "--listen", "127.0.0.1:0", "--set",
                                   "password.leaked_list=" + list}});
    EXPECT_EQ(program.wait(), 2);
    EXPECT_THAT(program.errors(), HasSubstr("password.leaked_list"));
  }
}

TEST_F(LeakedList, OperatorsAreBoundByItToo) {
  const std::string secret = directory_.path() + "/password";
  std::ofstream(secret) << "correct horse battery staple\n";
  std::ofstream(directory_.path() + "/latchkey.toml")
      << "[password]\nleaked_list = \"" << write(kLine) << "\"\n";
  {
    const Server server(data());
    ASSERT_TRUE(server.ready());
  }
  Program add({.arguments = {"user", "add", "--config", directory_.path() + "/latchkey.toml",
                             "--data", data(), "--username", "ada", "--password-file", secret}});
  EXPECT_NE(add.wait(), 0);
  EXPECT_THAT(add.errors(), HasSubstr("one of the first that others try"));
}

}  // namespace
}  // namespace latchkey::testing
