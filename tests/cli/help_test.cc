// The manual page and the completions, which are made of the texts of --help.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <memory>

#include "tests/cli/run.h"
#include "tests/support/temp_directory.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;

std::string said_by(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"),
                                                             ::pclose);
  std::string out;
  for (int c = std::fgetc(pipe.get()); c != EOF; c = std::fgetc(pipe.get())) {
    out += static_cast<char>(c);
  }
  return out;
}

TEST(HelpProgram, BashCompletesCommandsAndOptions) {
  const TempDirectory directory;
  const std::string script = directory.path() + "/completion", file = directory.path() + "/try";
  std::ofstream(script) << run({"completion", "bash"}).out;
  std::ofstream(file) << "source " << script << "\n"
                      << "tried() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _latchkey; "
                         "echo \"${COMPREPLY[*]}\"; }\n"
                      << "tried latchkey us\ntried latchkey user del\n"
                      << "tried latchkey user add --passw\ntried latchkey session revoke --user\n";
  EXPECT_EQ(said_by("bash " + file + " 2>&1"),
            "user\ndelete\n--password-file\n--username --user-id\n");
}

TEST(HelpProgram, EveryCommandIsInThePageAndInEachShellsScript) {
  const std::string page = run({"man"}).out, fish = run({"completion", "fish"}).out,
                    zsh = run({"completion", "zsh"}).out;
  EXPECT_THAT(page, HasSubstr(".TH LATCHKEY 1"));
  for (const char* name : {"serve", "user", "session", "key", "migrate", "backup", "restore"}) {
    std::string upper = name;
    for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
    EXPECT_THAT(page, HasSubstr(".SH \"LATCHKEY " + upper + "\"")) << name;
    EXPECT_THAT(fish, HasSubstr(std::string(" -a ") + name + ' ')) << name;
    EXPECT_THAT(zsh, HasSubstr(std::string("\"latchkey ") + name + "\") answers=")) << name;
  }
  EXPECT_THAT(page, HasSubstr(".SH \"LATCHKEY USER ADD\""));
  EXPECT_THAT(page, HasSubstr("\\fB\\-\\-password\\-file\\fR \\fIFILE\\fR"));
  EXPECT_THAT(fish, HasSubstr("-l password-file -r -F -d 'Read the new password"));
  EXPECT_EQ(run({"completion", "csh"}).code, 2);
}

}  // namespace
}  // namespace latchkey::testing
