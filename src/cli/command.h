#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace latchkey::cli {

// Action is what a chosen subcommand does; it returns the exit code.
using Action = std::function<int()>;

// not_empty refuses an empty text: it mostly comes from a variable that is not set, and would mean
// the same as an option that is not given.
inline CLI::Validator not_empty() {
  return CLI::Validator(
      [](const std::string& text) {
        return text.empty() ? std::string{"it is empty: give a value, or leave it out"}
                            : std::string{};
      },
      "");
}

// Each subcommand has a file of its own with a function that adds it to the program and, when it
// was chosen on the command line, stores what to do in `action`.
void add_backup(CLI::App& program, Action& action);  // and restore
void add_events(CLI::App& program, Action& action);
void add_help(CLI::App& program, Action& action);  // man and completion
void add_inspect(CLI::App& program, Action& action);
void add_jwt(CLI::App& program, Action& action);
void add_key(CLI::App& program, Action& action);
void add_migrate(CLI::App& program, Action& action);
void add_seal(CLI::App& program, Action& action);
void add_serve(CLI::App& program, Action& action);
void add_session(CLI::App& program, Action& action);
void add_unseal(CLI::App& program, Action& action);
void add_user(CLI::App& program, Action& action);
void add_version(CLI::App& program, Action& action);

}  // namespace latchkey::cli
