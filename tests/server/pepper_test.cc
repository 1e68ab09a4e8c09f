// R77: a secret outside of the database is mixed into every password hash.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kUser = R"({"username":"ada","password":"correct horse battery staple"})";

class PepperFile : public ::testing::Test {
 protected:
  std::string data() const { return directory_.path() + "/data"; }
  std::string write(const std::string& lines, mode_t mode = 0600) const {
    const std::string path = directory_.path() + "/pepper";
    std::ofstream(path) << lines;
    ::chmod(path.c_str(), mode);
    return path;
  }
  static int enter(const Server& server, const std::string& path) {
    const auto answer = server.ask("POST", path, "", kUser);
    return answer ? answer->status : 0;
  }
  TempDirectory directory_;
};

TEST_F(PepperFile, R77WithoutThePepperNoPasswordOfTheDatabaseCanBeChecked) {
  const std::string path = write("x7Gk2pQv9LsT4mZb8RwYc3NdHf6JaE1u\n");
  {
    const Server server(data(), {"--set", "password.pepper_file=" + path});
    ASSERT_TRUE(server.ready());
    EXPECT_EQ(enter(server, "/v1/signup"), 201);
    EXPECT_EQ(enter(server, "/v1/login"), 200);
  }
  {
    const Server server(data());
    EXPECT_GE(enter(server, "/v1/login"), 500) << "a failure, not a wrong password";
  }
  write("M3nVt8XqB5rKz2WsC9dLp7GfJ4hYe6Ta\nx7Gk2pQv9LsT4mZb8RwYc3NdHf6JaE1u\n");
  {
    const Server server(data(), {"--set", "password.pepper_file=" + path});
    EXPECT_EQ(enter(server, "/v1/login"), 200) << "with the former one";
  }
  write("M3nVt8XqB5rKz2WsC9dLp7GfJ4hYe6Ta\n");
  const Server server(data(), {"--set", "password.pepper_file=" + path});
  EXPECT_EQ(enter(server, "/v1/login"), 200) << "the log-in before replaced the hash";
}

TEST_F(PepperFile, R77AFileThatOthersCanReadOrAWeakSecretIsRefusedAtStart) {
  for (const auto& [lines, mode, why] :
       {std::tuple{"x7Gk2pQv9LsT4mZb8RwYc3NdHf6JaE1u\n", mode_t{0644}, "password.pepper_file"},
        std::tuple{"short\n", mode_t{0600}, "pepper 1"}}) {
    const std::string path = write(lines, mode);
    Program program({.arguments = {"serve", "--data", data(), "--listen", "127.0.0.1:0", "--set",
                                   "password.pepper_file=" + path}});
    EXPECT_EQ(program.wait(), 2);
    EXPECT_THAT(program.errors(), HasSubstr(why));
  }
}

}  // namespace
}  // namespace latchkey::testing
