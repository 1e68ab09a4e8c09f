#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace latchkey::cli {

// HelpOption is an option as a person writes it.
struct HelpOption {
  std::string flag{};   // "--data"; empty for a positional
  std::string value{};  // "DIR"; empty for a switch
  std::string text{};
};

// HelpCommand is a command with what --help says of it; the program itself is the first.
struct HelpCommand {
  std::string path{};  // "latchkey user add"
  std::string text{};
  std::string footer{};
  std::vector<HelpOption> options{};
  std::vector<std::string> commands{};  // the names of those below it
};

// help_tree lists every command of `program`, each before those below it.
std::vector<HelpCommand> help_tree(const CLI::App& program);

// man_page is latchkey.1, in roff.
std::string man_page(const std::vector<HelpCommand>& tree, const std::string& version);
// What a shell reads to complete a command line.
std::string bash_completion(const std::vector<HelpCommand>& tree);
std::string zsh_completion(const std::vector<HelpCommand>& tree);
std::string fish_completion(const std::vector<HelpCommand>& tree);

}  // namespace latchkey::cli
