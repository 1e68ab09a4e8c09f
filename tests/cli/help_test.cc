// The manual page and the completions, which are made of the texts of --help.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>

#include "tests/cli/run.h"
#include "tests/support/temp_directory.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

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

// part returns what stands in `text` from `begin` up to `end`.
std::string part(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = std::min(text.find(begin), text.size());
  return text.substr(from, text.find(end, from + begin.size()) - from);
}

TEST(HelpProgram, ThePageIsWrittenInRoff) {
  const std::string page = run({"man"}).out;
  EXPECT_EQ(part(page, ".SH NAME", ".br\n\\fBlatchkey seal"),
            ".SH NAME\n"
            "latchkey \\- Sessions for the web: log\\-in, log\\-out, and who is there.\n"
            ".SH SYNOPSIS\n.br\n\\fBlatchkey serve\\fR ...\n");
  EXPECT_EQ(part(page, ".SH \"LATCHKEY COMPLETION\"", ".SH"),
            ".SH \"LATCHKEY COMPLETION\"\nPrint completions for a shell.\n"
            ".TP\n\\fB\\-\\-help\\fR\nPrint this help message and exit\n"
            ".TP\n\\fIshell\\fR\nbash, zsh or fish\n"
            ".PP\n.nf\nExample:\n  source <(latchkey completion bash)\n.fi\n");
  EXPECT_EQ(page.find(".SH \"LATCHKEY\"\n"), std::string::npos) << "that is the page itself";
  EXPECT_TRUE(page.ends_with("is not usable.\n"));
}

TEST(HelpProgram, EachScriptKnowsWordsFilesAndTexts) {
  const std::string bash = run({"completion", "bash"}).out, zsh = run({"completion", "zsh"}).out,
                    fish = run({"completion", "fish"}).out;
  for (const std::string& script : {bash, zsh}) {
    EXPECT_THAT(script, HasSubstr("\"latchkey jwt\"|\"latchkey jwt sign\"|"));
    EXPECT_THAT(script, Not(HasSubstr("    \"latchkey\"|"))) << "where each line begins anyway";
    EXPECT_THAT(script, HasSubstr("    \"latchkey jwt\") answers=\"sign verify encrypt decrypt "));
    EXPECT_THAT(script, HasSubstr("    \"latchkey version\") answers=\"--help\" ;;\n"));
    EXPECT_THAT(script, HasSubstr("--output|"));
    EXPECT_THAT(script, Not(HasSubstr("--username|"))) << "takes no file";
  }
  EXPECT_THAT(fish, HasSubstr("      case 'latchkey serve' 'latchkey seal' "));
  EXPECT_THAT(fish, HasSubstr("__latchkey_at 'latchkey'\" -a serve -d 'Run the server'\n"));
  EXPECT_THAT(fish,
              HasSubstr("__latchkey_at 'latchkey jwt sign'\" -l kid -x -d 'The key\\'s id'\n"));
  EXPECT_THAT(fish, HasSubstr("'latchkey version'\" -l help -d 'Print this help"));
  EXPECT_THAT(fish, Not(HasSubstr(" -l  "))) << "what has no name is no option";
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
