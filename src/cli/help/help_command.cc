#include <cstdio>
#include <memory>

#include "cli/command.h"
#include "cli/help/tree.h"
#include "cli/report.h"
#include "server/serve.h"

// What is made of the same texts as --help.
namespace latchkey::cli {
namespace {

int print(const std::string& text) {
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  return written ? server::kExitOk : server::kExitFailed;
}

}  // namespace

void add_help(CLI::App& program, Action& action) {
  CLI::App* man = program.add_subcommand("man", "Print the manual page");
  man->footer("Example:\n  latchkey man > /usr/local/share/man/man1/latchkey.1");
  man->callback([&program, &action] {
    action = [&program] { return print(man_page(help_tree(program), LATCHKEY_VERSION)); };
  });
  auto shell = std::make_shared<std::string>();
  CLI::App* completion = program.add_subcommand("completion", "Print completions for a shell");
  completion->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->footer("Example:\n  source <(latchkey completion bash)");
  completion->callback([&program, &action, shell] {
    action = [&program, shell] {
      const auto tree = help_tree(program);
      if (*shell == "zsh") return print(zsh_completion(tree));
      return print(*shell == "bash" ? bash_completion(tree) : fish_completion(tree));
    };
  });
}

}  // namespace latchkey::cli
