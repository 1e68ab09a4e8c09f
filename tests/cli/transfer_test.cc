// Users of one server move to another.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "tests/cli/operator_walk.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class TransferProgram : public ::testing::Test {
 protected:
  TransferProgram() {
    for (const std::string& one : {from(), to()}) {
      const Server made(one);
      EXPECT_TRUE(made.ready());
    }
  }
  std::string from() const { return directory_.path() + "/from"; }
  std::string to() const { return directory_.path() + "/to"; }
  std::string path(const std::string& name) const { return directory_.path() + '/' + name; }
  static Ran at(const std::string& data, std::vector<std::string> words,
                std::string_view input = {}) {
    return run(command(std::move(words), {"--data", data}), input);
  }
  void add(const std::string& username) const {
    const Ran added = at(from(), {"user", "add", "--username", username, "--password-file", "-"},
                         kOperatorPassword);
    ASSERT_EQ(added.code, 0) << added.err;
  }
  static std::string text(const std::string& file) {
    std::ostringstream all;
    all << std::ifstream(file).rdbuf();
    return all.str();
  }

  TempDirectory directory_;
};

TEST_F(TransferProgram, WhoIsExportedLogsInElsewhereWithTheSameIdAndPassword) {
  add("ada");
  add("eve");
  ASSERT_EQ(at(from(), {"user", "disable", "--username", "eve"}).code, 0);
  for (const char* format : {"ndjson", "csv"}) {
    const std::string file = path(std::string("users.") + format);
    const Ran out = at(from(), {"user", "export", "--password-hashes", "--output", file});
    ASSERT_EQ(out.code, 0) << out.err;
    struct stat status {};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_EQ(at(from(), {"user", "export", "--output", file}).code, 2) << "it exists";
    const Ran in = at(to(), {"user", "import", "--json", file});
    EXPECT_EQ(in.code, 0) << in.err;
    EXPECT_EQ(in.out, std::string_view(format) == "ndjson"
                          ? "{\"added\":2,\"already_there\":0,\"refused\":0,\"reasons\":{}}\n"
                          : "{\"added\":0,\"already_there\":2,\"refused\":0,\"reasons\":{}}\n");
  }
  EXPECT_EQ(at(from(), {"user", "list", "--json"}).out, at(to(), {"user", "list", "--json"}).out);
  const Server server(to());
  EXPECT_FALSE(log_in_at(server, "ada").empty());
  EXPECT_TRUE(log_in_at(server, "eve").empty()) << "still disabled";
}

TEST_F(TransferProgram, AnExportHasHashesOnlyWhenTheyAreAskedFor) {
  add("ada");
  add("bob");
  const Ran all = at(from(), {"user", "export"});
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_EQ(lines(all.out).size(), 2U);
  EXPECT_THAT(all.out, Not(HasSubstr("argon2")));
  const Ran one = at(from(), {"user", "export", "--username", "bob", "--format", "csv"});
  EXPECT_THAT(one.out, HasSubstr("id,username,created_at,disabled,attributes\n"));
  EXPECT_EQ(lines(one.out).size(), 2U);
  EXPECT_THAT(one.out, HasSubstr(",bob,20"));
  EXPECT_EQ(at(from(), {"user", "export", "--username", "nobody"}).code, 1);
  const Ran without = at(to(), {"user", "import"}, all.out);
  EXPECT_EQ(without.code, 1);
  EXPECT_THAT(without.out, HasSubstr("0 added, 0 already there, 2 refused (no_password_hash: 2)"));
}

TEST_F(TransferProgram, WhatIsRefusedIsToldLineByLineAndTheRestIsAdded) {
  const std::string good = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$YWJjZGVmZ2hpamtsbW5vcA";
  const std::string file = path("users.ndjson"), report = path("report");
  std::ofstream(file) << R"({"username":"ada","password_hash":")" << good << "\"}\n"
                      << R"({"username":"bob","password_hash":"$2b$12$abcdefghijklmnopqrstuv"})"
                      << "\n\nnot json\n"
                      << R"({"username":"a b","password_hash":")" << good << "\"}\n"
                      << R"({"username":"eve","disabled":"perhaps"})"
                      << "\n"
                      << R"({"username":"clear","password_hash":"my secret"})"
                      << "\n"
                      // Another hash: whichever of the two names comes first, the other is refused.
                      << R"({"username":"ADA","password_hash":")" << good << "A\",\"id\":7}\n";
  const Ran in = at(to(), {"user", "import", "--json", "--report", report, file});
  EXPECT_EQ(in.code, 1);
  EXPECT_THAT(in.out, HasSubstr("{\"added\":1,\"already_there\":0,\"refused\":6,"));
  EXPECT_THAT(in.out, HasSubstr("\"hash_unsupported bcrypt\":1"));
  EXPECT_THAT(in.out, HasSubstr("\"hash_unsupported unknown\":1"));
  EXPECT_THAT(in.out, HasSubstr("\"username_taken\":1"));
  const std::string told = text(report);
  EXPECT_THAT(told, HasSubstr("{\"line\":2,\"username\":\"bob\",\"reason\":\"hash_unsupported\","
                              "\"kind\":\"bcrypt\"}\n"));
  EXPECT_THAT(told, HasSubstr("{\"line\":4,\"username\":\"\",\"reason\":\"bad_json\"}\n"));
  EXPECT_THAT(told, HasSubstr("\"reason\":\"username_invalid\""));
  EXPECT_THAT(told, HasSubstr("\"reason\":\"bad_disabled\""));
  EXPECT_THAT(told + in.err + in.out, Not(HasSubstr("secret"))) << "nor any hash";
  EXPECT_THAT(told + in.err + in.out, Not(HasSubstr("abcdefgh")));
  EXPECT_EQ(lines(at(to(), {"user", "list"}).out).size(), 1U);
}

TEST_F(TransferProgram, ACsvFileNeedsItsHeaderAndMayQuote) {
  const std::string good = "\"$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$YWJjZGVmZ2hpamtsbW5vcA\"";
  const Ran none = at(to(), {"user", "import", "--format", "csv"}, "ada," + good + "\n");
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("names its columns"));
  const Ran in = at(to(), {"user", "import", "--format", "csv"},
                    "username,attributes,password_hash,more\r\n"
                    "ada,\"{\"\"a\"\":\n1}\"," +
                        good +
                        ",x\r\n"
                        "\r\n"
                        "bob,," +
                        good +
                        ",\r\n"
                        "short," +
                        good +
                        "\r\n"
                        "eve,,\"no end\n");
  EXPECT_EQ(in.code, 1);
  EXPECT_THAT(in.out, HasSubstr("2 added, 0 already there, 2 refused (bad_csv: 2)"));
  EXPECT_THAT(in.err, HasSubstr("line 6: "));
  EXPECT_THAT(at(to(), {"user", "export", "--username", "ada"}).out,
              HasSubstr("\"attributes\":{\"a\":1}"));
}

}  // namespace
}  // namespace latchkey::testing
