#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

struct Outcome {
  int code;
  std::string output;
  std::string errors;
};
Outcome run(std::vector<std::string> arguments,
            std::map<std::string, std::string> environment = {}) {
  Program program({.arguments = std::move(arguments), .environment = std::move(environment)});
  const int code = program.wait();
  return {code, program.output(), program.errors()};
}

TEST(CommandLine, TellsItsVersionBothWays) {
  const Outcome command = run({"version"});
  EXPECT_EQ(command.code, 0);
  EXPECT_TRUE(command.output.starts_with("latchkey 0.")) << command.output;
  EXPECT_EQ(run({"--version"}).output, command.output);
}

TEST(CommandLine, HelpNamesWhatThereIs) {
  const Outcome all = run({"--help"});
  EXPECT_EQ(all.code, 0);
  EXPECT_NE(all.output.find("serve"), std::string::npos);
  const Outcome serve = run({"serve", "--help"});
  EXPECT_EQ(serve.code, 0);
  for (const char* flag : {"--listen HOST:PORT", "--data DIR", "--public-url URL", "--threads N",
                           "--policy PRESET", "--config FILE", "--print-config", "--set"}) {
    EXPECT_NE(serve.output.find(flag), std::string::npos) << flag;
  }
}

TEST(CommandLine, AWrongCommandLineIsCode2) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{}, {"sevre"}, {"serve", "--liste", "a"}, {"serve", "extra"}}) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 2) << outcome.errors;
    EXPECT_NE(outcome.errors, "");
  }
}

// C16: `latchkey user list` said "A subcommand is required".
TEST(CommandLine, AWordThatIsNoCommandIsNamedWithTheNearest) {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"account", "list"}, "latchkey: no such command: latchkey account; there are serve, "},
      {{"sevre"}, "latchkey: no such command: latchkey sevre; did you mean latchkey serve?\n"},
      {{"key", "lsit"},
       "latchkey: no such command: latchkey key lsit; did you mean latchkey key list?\n"},
      {{"jwt", "forge"}, "latchkey: no such command: latchkey jwt forge; there are sign, "}};
  for (const auto& [arguments, told] : cases) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_TRUE(outcome.errors.starts_with(told)) << outcome.errors;
    EXPECT_EQ(outcome.errors.find('\n'), outcome.errors.size() - 1) << "one line";
  }
}

// F15: also where it does not belong.
TEST(CommandLine, F15NoPasswordIsRepeated) {
  const std::vector<std::string> commands[] = {
      {"serve", "redis://:hunter2@h"},
      {"redis://:hunter2@h"},
      {"serve", "--stroe=redis://:hunter2@h"},
      {"serve", "--set", "store.url:redis://:hunter2@h"},
      {"serve", "--set", "redis://:hunter2@h=x"},
      {"serve", "--store", "reddis://:hunter2@h"},
      {"serve", "--store", "host=h password=hunter2"},
      {"serve", "--store", "redis://:hun/ter2@h", "--print-config"},
      {"migrate", "host=h password=hunter2"},
      {"migrate", "--from", "reddis://:hunter2@h", "--to", "a.db"},
      {"key", "list", "--store", "user:hunter2@h"}};
  for (const auto& arguments : commands) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ((outcome.output + outcome.errors).find("ter2"), std::string::npos)
        << outcome.output << outcome.errors;
  }
}

TEST(CommandLine, AnEmptyOptionIsNotTheSameAsNone) {
  const std::vector<std::string> commands[] = {{"serve", "--config", "", "--print-config"},
                                               {"serve", "--data", "", "--print-config"},
                                               {"serve", "--listen", "", "--print-config"},
                                               {"serve", "--public-url=", "--print-config"},
                                               {"key", "new", "--data", ""},
                                               {"key", "list", "--store", "", "--data", "d"},
                                               {"migrate", ""},
                                               {"migrate", "--from", "", "--to", "a.db"}};
  for (const auto& arguments : commands) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 2) << arguments[0] << ' ' << arguments[1];
    EXPECT_EQ(outcome.output, "") << arguments[0] << ' ' << arguments[1];
    EXPECT_NE(outcome.errors, "");
  }
}

TEST(CommandLine, AFlagGivenTwiceIsRefused) {
  const std::vector<std::string> commands[] = {
      {"serve", "--data", "a", "--data", "b", "--print-config"},
      {"serve", "--threads", "1", "--set", "server.threads=2", "--print-config"},
      {"serve", "--set", "log.level=info", "--set", "log.level=warn", "--print-config"}};
  for (const auto& arguments : commands) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_NE(outcome.errors.find("given twice"), std::string::npos) << outcome.errors;
  }
}

TEST(CommandLine, F8AStoreThatIsNoneIsRefusedBeforeAnythingIsMade) {
  const TempDirectory directory;
  const std::string data = directory.path() + "/data";
  for (const char* store : {"redis", "postgres", "127.0.0.1", "$REDIS_URL", "REDIS://127.0.0.1",
                            "host=127.0.0.1 dbname=x password=y", "", "undefined"}) {
    const Outcome flag = run({"serve", "--data", data, "--store", store});
    EXPECT_EQ(flag.code, 2) << store;
    EXPECT_TRUE(flag.errors.starts_with("latchkey: --store: store.url: ")) << flag.errors;
    const Outcome variable = run({"serve", "--data", data}, {{"LATCHKEY_STORE_URL", store}});
    EXPECT_EQ(variable.code, 2) << store;
    EXPECT_FALSE(std::filesystem::exists(data)) << store;
    EXPECT_EQ(run({"migrate", store}).code, 2) << store;
    EXPECT_EQ(run({"migrate", "--from", store, "--to", directory.path() + "/to.db"}).code, 2);
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(CommandLine, F8TheStartNamesEngineAndPlaceOfTheStore) {
  const TempDirectory directory;
  Server server(directory.path() + "/data");
  ASSERT_TRUE(server.ready());
  const std::string place = "sqlite:" + directory.path() + "/data/latchkey.db";
  EXPECT_NE(server.program().output().find("Users and sessions are in " + place + "\n"),
            std::string::npos)
      << server.program().output();
  server.program().signal(SIGTERM);
  server.program().wait();
  EXPECT_NE(server.program().errors().find("\"store\":\"" + place + "\""), std::string::npos);
}

TEST(CommandLine, F9PlainHttpBeyondLoopbackHasToBeAllowed) {
  const TempDirectory directory;
  const std::string data = directory.path() + "/data";
  const Outcome refused =
      run({"serve", "--data", data, "--listen", "0.0.0.0:0", "--public-url", "http://localhost:1"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.errors.find("--allow-plain-http"), std::string::npos) << refused.errors;
  EXPECT_FALSE(std::filesystem::exists(data));

  Program allowed({.arguments = {"serve", "--data", data, "--listen", "0.0.0.0:0", "--public-url",
                                 "http://localhost:1", "--allow-plain-http"}});
  EXPECT_TRUE(allowed.wait_for_output("is ready: http://localhost:1/")) << allowed.errors();
  allowed.signal(SIGTERM);
  EXPECT_EQ(allowed.wait(), 0);
  EXPECT_NE(allowed.errors().find("plain_http"), std::string::npos);
}

TEST(CommandLine, F13HstsCoversTheHostsBelowOnlyIfAskedTo) {
  const TempDirectory directory;
  for (const bool below : {false, true}) {
    std::vector<std::string> arguments{
        "serve",       "--data",       directory.path() + "/data", "--listen",
        "127.0.0.1:0", "--public-url", "https://example.com"};
    if (below) arguments.insert(arguments.end(), {"--set", "server.hsts_subdomains=true"});
    Program program({.arguments = arguments});
    ASSERT_TRUE(program.wait_for_output("is ready: "));
    ASSERT_TRUE(program.wait_for_errors("\"started\""));
    const std::string listen = json_text(program.errors(), "listen", "\"started\"");
    RawClient client(static_cast<std::uint16_t>(std::stoi(listen.substr(listen.rfind(':') + 1))));
    ASSERT_TRUE(client.send(request_text("GET", "/livez")));
    const auto answer = client.answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->header("Strict-Transport-Security"),
              below ? "max-age=31536000; includeSubDomains" : "max-age=31536000");
  }
}

TEST(CommandLine, PrintConfigShowsWhatWouldApplyAndStartsNothing) {
  const TempDirectory directory;
  const std::string file = directory.path() + "/a.toml";
  std::ofstream(file) << "[server]\nthreads = 1\nmax_connections = 11\n[log]\nlevel = \"warn\"\n";
  const Outcome outcome =
      run({"serve", "--config", file, "--threads", "3", "--policy", "aal2", "--print-config"},
          {{"LATCHKEY_SERVER_MAX_CONNECTIONS", "12"}, {"LATCHKEY_SERVER_THREADS", "2"}});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  for (const char* line : {"threads = 3\n", "max_connections = 12\n", "level = \"warn\"\n",
                           "preset = \"aal2\"\n", "idle = \"1h\"\n", "absolute = \"1d\"\n"}) {
    EXPECT_NE(outcome.output.find(line), std::string::npos) << line;
  }
}

TEST(CommandLine, PrintConfigMasksTheKeys) {
  const TempDirectory directory;
  const std::string data = directory.path() + "/data";
  ASSERT_TRUE(Server(data).ready());
  std::ostringstream key_file;
  key_file << std::ifstream(data + "/latchkey.key").rdbuf();
  const std::string text = key_file.str();
  const std::string start = "secret = \"";
  const std::string secret = text.substr(text.find(start) + start.size(), 20);
  const Outcome outcome = run({"serve", "--data", data, "--print-config"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.output.find("state = \"primary\", secret = \"********\""), std::string::npos);
  EXPECT_EQ(outcome.output.find(secret), std::string::npos);
}

}  // namespace
}  // namespace latchkey::testing
