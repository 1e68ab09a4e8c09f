#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "tests/cli/run.h"
#include "tests/support/temp_directory.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class KeyProgram : public ::testing::Test {
 protected:
  KeyProgram() {
    write(
        "version = 1\ninstance = \"i\"\n[[key]]\nid = \"first\"\nstate = \"primary\"\n"
        "created_at = \"2025-11-21T00:00:00.000Z\"\n"
        "secret = \"Zk3uYy0v1mQ8rTq5oW7xP2nL9sD4fGhJ6aBcE+i/RtU=\"\n");
  }
  std::string path() const { return directory_.path() + "/latchkey.key"; }
  void write(const std::string& text) const {
    std::ofstream(path()) << text;
    ::chmod(path().c_str(), 0600);
  }
  std::string text() const {
    std::ostringstream all;
    all << std::ifstream(path()).rdbuf();
    return all.str();
  }
  Ran key(std::vector<std::string> args) const {
    args.insert(args.begin(), "key");
    args.insert(args.end(), {"--data", directory_.path()});
    return run(args);
  }
  std::vector<std::string> list() const { return lines(key({"list"}).out); }

 private:
  TempDirectory directory_;
};

TEST_F(KeyProgram, NewPrintsASecretAsOpensslDoes) {
  const Ran first = run({"key", "new"}), second = run({"key", "new"});
  EXPECT_EQ(first.code, 0);
  EXPECT_TRUE(std::regex_match(first.out, std::regex{"[A-Za-z0-9+/]{43}=\n"})) << first.out.size();
  EXPECT_NE(first.out, second.out);
}

TEST_F(KeyProgram, RotateAddsAKeyThatWritesLater) {
  const Ran rotated = key({"rotate"});
  ASSERT_EQ(rotated.code, 0) << rotated.err;
  const std::vector<std::string> keys = list();
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_THAT(keys[0], MatchesRegex("first +primary +2025-11-21T00:00:00.000Z writes"));
  EXPECT_THAT(keys[1], HasSubstr(" next "));
  EXPECT_THAT(keys[1], HasSubstr("writes from 20"));
  EXPECT_THAT(keys[1], HasSubstr("(in "));
  const Ran again = key({"rotate"});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, HasSubstr("already on its way"));
  struct stat status {};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(KeyProgram, ListShowsStatesAsTheyAreNowAndNoSecret) {
  write(text() +
        "[[key]]\nid = \"second\"\nstate = \"next\"\nactivates_at = \"2025-12-01T00:00:00.000Z\"\n"
        "secret = \"q1W9eR8tY7uI6oP5aS4dF3gH2jK1lZ0xC/vB+nMmNbV=\"\n");
  const Ran listed = key({"list"});
  EXPECT_THAT(listed.out, HasSubstr("second       primary"));
  EXPECT_THAT(listed.out, HasSubstr("first        read_only"));
  EXPECT_THAT(listed.out, HasSubstr("wrote until 2025-12-01T00:00:00.000Z ("));
  EXPECT_THAT(listed.out, Not(HasSubstr("Zk3uYy0v")));
}

TEST_F(KeyProgram, RetireNeedsForceWhileTokensLive) {
  EXPECT_EQ(key({"retire", "first", "--force"}).code, 1);  // it writes
  EXPECT_EQ(key({"retire", "none"}).code, 1);
  const std::string before = text();
  write(before +
        "[[key]]\nid = \"second\"\nstate = \"next\"\nactivates_at = \"2025-12-01T00:00:00.000Z\"\n"
        "secret = \"q1W9eR8tY7uI6oP5aS4dF3gH2jK1lZ0xC/vB+nMmNbV=\"\n");
  const Ran early = key({"retire", "first", "--token-life", "36500d"});
  EXPECT_EQ(early.code, 1);
  EXPECT_THAT(early.err, HasSubstr("--force"));
  EXPECT_THAT(text(), HasSubstr("Zk3uYy0v"));
  const Ran done = key({"retire", "first", "--token-life", "36500d", "--force"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(text(), Not(HasSubstr("Zk3uYy0v")));
  EXPECT_THAT(list()[0], MatchesRegex("first +gone .*opens nothing"));
}

TEST_F(KeyProgram, RetireTakesTheLongestLifeFromTheConfiguration) {
  write(text() +
        "[[key]]\nid = \"second\"\nstate = \"next\"\nactivates_at = \"2025-12-01T00:00:00.000Z\"\n"
        "secret = \"q1W9eR8tY7uI6oP5aS4dF3gH2jK1lZ0xC/vB+nMmNbV=\"\n");
  const std::string config = path() + ".toml";
  std::ofstream(config) << "[session]\nabsolute = \"36500d\"\n";
  const Ran refused = key({"retire", "first", "--config", config});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("--force"));
  EXPECT_EQ(key({"retire", "first"}).code, 0) << "30 days by default";
}

TEST_F(KeyProgram, KeysOfTheEnvironmentAreNotForThisCommand) {
  const std::string config = path() + ".toml";
  std::ofstream(config) << "[keys]\nsource = \"environment\"\n";
  const Ran refused = key({"rotate", "--config", config});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("environment"));
}

TEST_F(KeyProgram, NewWithADataDirectoryPreparesAKey) {
  ASSERT_EQ(key({"new"}).code, 0);
  EXPECT_THAT(list()[1], HasSubstr("waits for `latchkey key rotate`"));
  ASSERT_EQ(key({"rotate"}).code, 0);
  EXPECT_EQ(list().size(), 2U);
}

TEST_F(KeyProgram, TellsWhatIsWrongWithTheFile) {
  EXPECT_EQ(run({"key", "list"}).code, 2);
  EXPECT_EQ(run({"key", "rotate", "--data", "/nowhere/at/all"}).code, 2);
  ::chmod(path().c_str(), 0644);
  const Ran readable = key({"list"});
  EXPECT_EQ(readable.code, 2);
  EXPECT_THAT(readable.err, HasSubstr("chmod 600"));
}

}  // namespace
}  // namespace latchkey::testing
