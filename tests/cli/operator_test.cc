// The commands of an operator, beside running servers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/cli/operator_walk.h"
#include "tests/redis/server.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class OperatorProgram : public ::testing::Test {
 protected:
  std::string data() const { return directory_.path() + "/data"; }
  std::vector<std::string> store() const { return {"--data", data()}; }
  Ran run(std::vector<std::string> words, std::string_view input = {}) const {
    return testing::run(command(std::move(words), store()), input);
  }
  Ran add(const std::string& username, const std::string& password = kOperatorPassword) const {
    return run({"user", "add", "--username", username, "--password-file", "-"}, password + '\n');
  }
  // make_store starts a server once.
  void make_store() const {
    Server server(data());
    ASSERT_TRUE(server.ready()) << server.program().errors();
  }
  // write makes a file and returns its path.
  std::string write(const std::string& name, const std::string& text) const {
    const std::string path = directory_.path() + '/' + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  TempDirectory directory_;
};

TEST_F(OperatorProgram, R25IsSeenByTwoServersOnSqlite) {
  const Server first(data()), second(data());
  ASSERT_TRUE(first.ready() && second.ready());
  walk_operator(store(), first, second);
}

TEST_F(OperatorProgram, R25IsSeenByTwoServersOnRedis) {
  const RedisServer redis;
  const std::vector<std::string> place{"--store", "redis+unix://" + redis.socket_path()};
  const Server first(data() + "1", place), second(data() + "2", place);
  ASSERT_TRUE(first.ready() && second.ready());
  walk_operator(place, first, second);
}

TEST_F(OperatorProgram, TellsWhichServerIsMeantAndMakesNothing) {
  const Ran nowhere = run({"user", "list"});
  EXPECT_EQ(nowhere.code, 2);
  EXPECT_THAT(nowhere.err, HasSubstr("there is no data directory " + data()));
  ASSERT_EQ(::mkdir(data().c_str(), 0700), 0);
  const Ran empty = add("ada");
  EXPECT_EQ(empty.code, 2);
  EXPECT_THAT(empty.err, HasSubstr("latchkey serve --data " + data()));
  struct stat status {};
  EXPECT_NE(::stat((data() + "/latchkey.db").c_str(), &status), 0) << "nothing was made";
  const Ran down = testing::run({"user", "list", "--store", "redis+unix://" + data() + "/none"});
  EXPECT_EQ(down.code, 1);
  EXPECT_FALSE(down.err.empty());
}

TEST_F(OperatorProgram, RefusesWhatSignUpRefuses) {
  make_store();
  const Ran brief = add("ada", "fourteen chars");
  EXPECT_EQ(brief.code, 1);
  EXPECT_THAT(brief.err, HasSubstr("too short"));
  EXPECT_THAT(brief.err, Not(HasSubstr("fourteen")));
  EXPECT_EQ(add("ada", std::string(1025, 'x')).code, 1);
  EXPECT_EQ(add("a b").code, 1);
  EXPECT_EQ(add("ada", "").code, 2) << "an empty password is a mistake of the caller";
  EXPECT_EQ(add("ada", "two lines of\none long password").code, 2);
  EXPECT_EQ(run({"user", "list", "--json"}).out, "{\"users\":[]}\n");
}

TEST_F(OperatorProgram, ReadsAPasswordFromAFileAndNeverFromTheCommandLine) {
  make_store();
  const std::string file = write("password", std::string(kOperatorPassword) + "\r\n");
  const Ran added = run({"user", "add", "--username", "ada", "--password-file", file, "--json"});
  EXPECT_EQ(added.code, 0) << added.err;
  EXPECT_THAT(added.out, HasSubstr("\"username\":\"ada\",\"created_at\":\"20"));
  EXPECT_THAT(added.out, HasSubstr("Z\",\"disabled\":false}\n"));
  EXPECT_EQ(run({"user", "add", "--username", "bob", "--password-file", file + "x"}).code, 2);
  EXPECT_EQ(run({"user", "add", "--username", "bob"}).code, 2) << "no file and no terminal";
  EXPECT_EQ(run({"user", "add", "--username", "bob", "--password", "x"}).code, 2);
  const Server server(data());
  ASSERT_TRUE(server.ready());
  EXPECT_FALSE(log_in_at(server, "ada").empty()) << "the line end is no part of it";
}

TEST_F(OperatorProgram, WhoIsUnknownIsToldAndNothingChanges) {
  make_store();
  for (const char* what : {"show", "disable", "enable"}) {
    const Ran ran = run({"user", what, "--username", "nobody"});
    EXPECT_EQ(ran.code, 1) << what;
    EXPECT_THAT(ran.err, HasSubstr("there is no user nobody")) << what;
  }
  EXPECT_EQ(run({"user", "delete", "--username", "nobody", "--yes"}).code, 1);
  EXPECT_EQ(run({"session", "list", "--username", "nobody"}).code, 1);
  EXPECT_EQ(run({"session", "revoke", "--username", "nobody"}).code, 1);
  EXPECT_EQ(run({"user", "show"}).code, 2) << "which user?";
  EXPECT_EQ(run({"user", "show", "--username", "a", "--user-id", "b"}).code, 2);
  EXPECT_EQ(run({"session", "revoke"}).code, 2);
  const Ran token = run({"session", "show", "lk1_abcdefghijklmnopqrstuvwxyz"});
  EXPECT_EQ(token.code, 2);
  EXPECT_THAT(token.err, Not(HasSubstr("abcdefgh"))) << "it may be a token";
}

TEST_F(OperatorProgram, DeletingNeedsAWordWhereThereIsNoTerminal) {
  make_store();
  ASSERT_EQ(add("ada").code, 0);
  const Ran asked = run({"user", "delete", "--username", "ada"}, "yes\n");
  EXPECT_EQ(asked.code, 2);
  EXPECT_THAT(asked.err, HasSubstr("--yes"));
  EXPECT_EQ(run({"user", "show", "--username", "ada"}).code, 0);
  EXPECT_EQ(run({"user", "delete", "--username", "ada", "--yes"}).code, 0);
  EXPECT_EQ(run({"user", "show", "--username", "ada"}).code, 1);
}

TEST_F(OperatorProgram, ListsUsersInPages) {
  make_store();
  for (const char* name : {"carol", "ada", "bob"}) ASSERT_EQ(add(name).code, 0);
  const Ran first = run({"user", "list", "--limit", "2", "--json"});
  EXPECT_THAT(first.out, HasSubstr("],\"next\":\"bob\"}"));
  EXPECT_THAT(first.out, Not(HasSubstr("carol")));
  const Ran second = run({"user", "list", "--limit", "2", "--after", "bob"});
  EXPECT_THAT(second.out, HasSubstr("carol"));
  EXPECT_EQ(lines(second.out).size(), 1U);
  EXPECT_EQ(lines(run({"user", "list"}).out).size(), 3U);
}

// Where sessions live in their cookies there are no rows, and a session is ended by its id.
TEST_F(OperatorProgram, EndsSessionsThatLiveInTheirCookies) {
  const std::string config = write("latchkey.toml", "[session]\ncarrier = \"sealed\"\n");
  Server server(data(), {"--config", config});
  ASSERT_TRUE(server.ready()) << server.program().errors();
  ASSERT_EQ(add("ada").code, 0);
  const std::string one = log_in_at(server, "ada"), two = log_in_at(server, "ada");
  ASSERT_FALSE(one.empty() || two.empty());
  const Ran listed = run({"session", "list", "--username", "ada", "--config", config, "--json"});
  EXPECT_EQ(listed.code, 1);
  EXPECT_THAT(listed.err, HasSubstr("cannot be listed"));
  EXPECT_EQ(listed.out, "");
  const auto body = server.ask("GET", "/v1/session", one);
  ASSERT_TRUE(body);
  const std::string id = json_text(body->body, "id", "\"session\"");
  const Ran revoked = run({"session", "revoke", "--config", config, "--", id});
  EXPECT_EQ(revoked.code, 0) << revoked.err;
  EXPECT_TRUE(answers(server, one, 401));
  EXPECT_TRUE(answers(server, two, 200));
  EXPECT_EQ(run({"user", "disable", "--username", "ada"}).code, 0);
  EXPECT_TRUE(answers(server, two, 401));
  EXPECT_EQ(run({"user", "enable", "--username", "ada"}).code, 0);
  EXPECT_TRUE(answers(server, two, 401)) << "no session from before comes back";
}

}  // namespace
}  // namespace latchkey::testing
