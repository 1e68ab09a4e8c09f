#include "cli/program.h"

#include <string>
#include <string_view>
#include <vector>

#include "base/nearest.h"
#include "cli/command.h"
#include "cli/hide_password.h"
#include "cli/report.h"
#include "latchkey/open_store.h"
#include "server/process.h"
#include "server/serve.h"

namespace latchkey::cli {
namespace {

// find_unknown names the first word that stands where a command should and is none; empty: there is
// no such word. CLI11 would only say that a subcommand is required.
std::string find_unknown(const CLI::App& program, int argc, char** argv) {
  const CLI::App* command = &program;
  std::string path = "latchkey";
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto known = command->get_subcommands(nullptr);
    std::vector<std::string_view> names;
    const CLI::App* next = nullptr;
    for (const CLI::App* one : known) {
      if (one->get_name().empty()) continue;
      names.push_back(one->get_name());
      if (one->get_name() == word) next = one;
    }
    if (names.empty() || word.starts_with('-')) return {};
    if (next != nullptr) {
      command = next;
      path.append(" ").append(word);
      continue;
    }
    std::string text = "no such command: " + path + " " + without_password(word.substr(0, 60));
    if (const auto meant = nearest(word, names); !meant.empty()) {
      return text.append("; did you mean ").append(path).append(" ").append(meant).append("?");
    }
    text.append("; there are ");
    for (std::size_t k = 0; k < names.size(); ++k) {
      text.append(k == 0 ? "" : ", ").append(names[k]);
    }
    return text;
  }
  return {};
}

// Only a line with what is wrong: an argument may hold a password.
int refuse(const CLI::ParseError& error) {
  const std::string text = without_password(error.what());
  return complain(server::kExitUsage, text + "; --help shows what there is");
}

}  // namespace

int run_program(int argc, char** argv) {
  server::hold_standard_files();
  CLI::App program{"Sessions for the web: log-in, log-out, and who is there.", "latchkey"};
  program.require_subcommand(1);
  Action action;
  add_serve(program, action);
  add_seal(program, action);
  add_unseal(program, action);
  add_jwt(program, action);
  add_inspect(program, action);
  add_user(program, action);
  add_session(program, action);
  add_events(program, action);
  add_key(program, action);
  add_backup(program, action);
  add_migrate(program, action);
  add_help(program, action);
  add_version(program, action);
  if (const std::string unknown = find_unknown(program, argc, argv); !unknown.empty()) {
    return complain(server::kExitUsage, unknown);
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return refuse(error);
    program.exit(error);  // prints help or version
    return server::kExitOk;
  }
  server::keep_memory_private();
  for (int i = 1; i < argc; ++i) hide_password(argv[i]);
  return action();
}

}  // namespace latchkey::cli
