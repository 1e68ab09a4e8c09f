// Users of other systems come in with the hashes that those made, and log in.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "tests/cli/operator_walk.h"
#include "tests/support/vectors.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// One hash of kOperatorPassword that a package made; in tests/vectors/.
std::string golden(const std::string& source) {
  const std::string file = read_vectors("password_hashes.json");
  for (const Json& test : Json::parse(file)["hashes"].cases()) {
    if (test.str("source").starts_with(source) && test.str("password") == kOperatorPassword) {
      return test.str("hash");
    }
  }
  throw std::runtime_error("no hash of " + source);
}

class ImportProgram : public ::testing::Test {
 protected:
  ImportProgram() {
    const Server made(data());
    EXPECT_TRUE(made.ready());
  }
  std::string data() const { return directory_.path() + "/data"; }
  std::string path(const std::string& name) const { return directory_.path() + '/' + name; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
    return path(name);
  }
  Ran at(std::vector<std::string> words) const {
    return run(command(std::move(words), {"--data", data()}));
  }
  std::string hash_of(const std::string& name) const {
    return json_text(at({"user", "export", "--password-hashes", "--username", name}).out,
                     "password_hash");
  }
  void expect_counts(const Ran& ran, const std::string& counts) const {
    EXPECT_THAT(ran.out, HasSubstr(counts)) << ran.err;
  }
  // expect_log_in expects a first log-in that replaces the hash, and a second one.
  void expect_log_in(const Server& server, const std::string& name) const {
    SCOPED_TRACE(name);
    EXPECT_THAT(log_in_at(server, name, "not the right password"), "");
    EXPECT_THAT(hash_of(name), Not(HasSubstr("$argon2id$v=19$m=19456,t=2,p=1$")));
    EXPECT_THAT(log_in_at(server, name), Not(""));
    EXPECT_THAT(hash_of(name), HasSubstr("$argon2id$v=19$m=19456,t=2,p=1$"));
    EXPECT_THAT(log_in_at(server, name), Not(""));
  }

  TempDirectory directory_;
};

TEST_F(ImportProgram, R73UsersOfLucia3LogInAndGetOurHash) {
  const std::string file = write("users.csv",
                                 "id,email,hashed_password,created_at\n"
                                 "u1,ada@example.com," +
                                     golden("lucia 3.2.2, Scrypt") +
                                     ",2024-01-02 03:04:05+00\n"
                                     "u2,oauth@example.com,,\n");
  const Ran in = at({"user", "import", "--format", "lucia", "--json", file});
  EXPECT_EQ(in.code, 1);
  expect_counts(in,
                R"({"added":1,"already_there":0,"refused":1,"reasons":{"no_password_hash":1}})");
  const Ran shown = at({"user", "show", "--username", "ada@example.com", "--json"});
  EXPECT_THAT(shown.out, HasSubstr(R"("id":"u1")"));
  EXPECT_THAT(shown.out, HasSubstr("2024-01-02T03:04:05"));
  expect_log_in(Server(data()), "ada@example.com");
  const Ran again = at({"user", "import", "--format", "lucia", "--json", file});
  expect_counts(again, R"({"added":0,"already_there":1,"refused":1,)");
}

TEST_F(ImportProgram, R73UsersOfLucia2LogInAndGetOurHash) {
  const std::string file =
      write("keys.ndjson",
            R"({"id":"username:ada","user_id":"u1","hashed_password":")" + golden("lucia 2.7.7") +
                "\"}\n" + R"({"id":"github:77","user_id":"u2","hashed_password":null})" + "\n");
  const Ran in = at({"user", "import", "--format", "lucia", "--json", file});
  expect_counts(in,
                R"({"added":1,"already_there":0,"refused":1,"reasons":{"no_password_hash":1}})");
  expect_log_in(Server(data()), "ada");
}

TEST_F(ImportProgram, R73UsersOfBetterAuthAuthjsAndKratosLogInAndGetOurHash) {
  const std::string better =
      write("better.ndjson",
            R"({"userId":"b1","email":"bea@example.com","providerId":"credential","password":")" +
                golden("better-auth") + R"(","createdAt":1704164645000,"banned":false})" + "\n");
  EXPECT_EQ(at({"user", "import", "--format", "better-auth", better}).code, 0);
  const std::string auth =
      write("auth.ndjson", R"({"id":"a1","name":"Al","email":"al@example.com","password":")" +
                               golden("bcryptjs") + "\"}\n");
  EXPECT_EQ(at({"user", "import", "--format", "authjs", auth}).code, 0);
  const std::string kratos = write(
      "kratos.ndjson",
      R"({"id":"9f425a8d","state":"active","traits":{"email":"kim@example.com"},)"
      R"("credentials":{"password":{"identifiers":["kim@example.com"],)"
      R"("config":{"hashed_password":")" +
          golden("node:crypto, in the form of Kratos") + "\"}}}}\n" +
          R"({"id":"k2","state":"inactive","traits":{"username":"off"},"credentials":{"password":)"
          R"({"config":{"hashed_password":")" +
          golden("passlib") + "\"}}}}\n");
  const Ran in = at({"user", "import", "--format", "kratos", kratos});
  EXPECT_EQ(in.code, 0) << in.out << in.err;
  const Server server(data());
  expect_log_in(server, "bea@example.com");
  expect_log_in(server, "al@example.com");
  expect_log_in(server, "kim@example.com");
  EXPECT_EQ(log_in_at(server, "off"), "") << "disabled there, disabled here";
  EXPECT_THAT(at({"user", "show", "--username", "bea@example.com", "--json"}).out,
              HasSubstr("2024-01-02T03:04:05"));
}

TEST_F(ImportProgram, R74AbsurdHashesAreRefusedByLineAndKindAndNeverPrinted) {
  const std::string tail = "$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  std::string text;
  for (const std::string& hash :
       {"$argon2id$v=19$m=4194304,t=100,p=1" + tail, "$scrypt$ln=30,r=8,p=1" + tail,
        "$pbkdf2-sha256$i=4000000000" + tail,
        std::string("$2b$31$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"),
        std::string("$6$salt$sha512-crypt-hash")}) {
    text += R"({"username":"u)" + std::to_string(text.size()) + R"(","password_hash":")" + hash +
            "\"}\n";
  }
  const std::string file = write("absurd.ndjson", text);
  const Ran in = at({"user", "import", "--json", file});
  EXPECT_EQ(in.code, 1);
  expect_counts(in, R"("refused":5,"reasons":{"hash_unsupported argon2id":1,)"
                    R"("hash_unsupported bcrypt":1,"hash_unsupported pbkdf2":1,)"
                    R"("hash_unsupported scrypt":1,"hash_unsupported sha512-crypt":1}})");
  EXPECT_THAT(in.err, HasSubstr("line 4: "));
  EXPECT_THAT(in.err + in.out, Not(HasSubstr("c2FsdHNhbHQ")));
}

TEST_F(ImportProgram, ADryRunTellsAndChangesNothing) {
  const std::string hash = golden("lucia 3.2.2, Scrypt");
  const std::string file =
      write("users.csv", "username,password_hash\nada," + hash + "\nbob,plain\na b," + hash + "\n");
  const Ran dry = at({"user", "import", "--dry-run", "--json", file});
  EXPECT_EQ(dry.code, 1);
  expect_counts(dry, R"({"added":1,"already_there":0,"refused":2,"reasons":)"
                     R"({"hash_unsupported unknown":1,"username_invalid":1}})");
  EXPECT_EQ(at({"user", "list"}).out, "");
  expect_counts(at({"user", "import", "--json", file}), R"({"added":1,"already_there":0,)");
  expect_counts(at({"user", "import", "--dry-run", "--json", file}),
                R"({"added":0,"already_there":1,)");
}

// 200,000 users with LATCHKEY_FULL=1. Killed twice on the way, the counts are exact in the end.
TEST_F(ImportProgram, WhatWasKilledGoesOnAndTheCountsAreExact) {
  const std::size_t whole = std::getenv("LATCHKEY_FULL") != nullptr ? 200'000 : 3'000;
  const std::string hash = golden("lucia 3.2.2, Scrypt");
  const auto write_rows = [&](const std::string& file, std::size_t rows) {
    std::ofstream out(file);
    out << "id,username,password_hash\n";
    for (std::size_t i = 0; i < rows; ++i) {
      const std::string number = std::to_string(i);
      out << 'u' << number << ",user" << number << ',' << (i % 1000 == 7 ? "none" : hash) << '\n';
    }
    return out.rdbuf()->is_open();
  };
  ASSERT_TRUE(write_rows(path("many.csv"), whole));
  const auto count = [&] { return lines(at({"user", "list"}).out).size(); };
  // A pipe that another program holds open: the import waits for more until it is killed.
  for (std::size_t goal : {whole / 20, whole / 4}) {
    const std::string pipe = path("pipe" + std::to_string(goal));
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const int held = ::open(pipe.c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_GE(held, 0);
    Program program({.arguments = {"user", "import", "--data", data(), "--format", "csv", pipe}});
    write_rows(pipe, goal + 1024);  // two batches more than are waited for
    while (program.running() && count() < goal) {
    }
    EXPECT_TRUE(program.running()) << program.errors();
    program.signal(SIGKILL);
    EXPECT_EQ(program.wait(), -SIGKILL);
    ::close(held);
  }
  const std::size_t before = count();
  const std::size_t refused = whole / 1000;
  EXPECT_GE(before, whole / 4);
  EXPECT_LT(before, whole - refused);
  const Ran rest = at({"user", "import", "--json", path("many.csv")});
  expect_counts(rest, "{\"added\":" + std::to_string(whole - refused - before) +
                          ",\"already_there\":" + std::to_string(before) +
                          ",\"refused\":" + std::to_string(refused) + ',');
  EXPECT_EQ(count(), whole - refused);
}

}  // namespace
}  // namespace latchkey::testing
