#include <gtest/gtest.h>

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
