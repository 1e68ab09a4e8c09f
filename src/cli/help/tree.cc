#include "cli/help/tree.h"

namespace latchkey::cli {
namespace {

// first_line keeps what stands before a line feed, which breaks lines of --help.
std::string one_line(std::string text) {
  for (char& c : text) c = c == '\n' ? ' ' : c;
  return text;
}

void add_options(const CLI::App& app, HelpCommand& command) {
  for (const CLI::Option* option : app.get_options([](const CLI::Option*) { return true; })) {
    HelpOption out{.text = one_line(option->get_description())};
    if (!option->get_lnames().empty()) out.flag = "--" + option->get_lnames().front();
    const bool takes = option->get_expected_max() > 0;
    if (out.flag.empty()) {
      out.value = option->get_name(true);
    } else if (takes) {
      out.value = option->get_type_name();
    }
    command.options.push_back(std::move(out));
  }
}

void add_command(const CLI::App& app, const std::string& path, std::vector<HelpCommand>& out) {
  HelpCommand command{.path = path, .text = app.get_description(), .footer = app.get_footer()};
  add_options(app, command);
  std::vector<const CLI::App*> below;
  for (const CLI::App* one : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (one->get_name().empty()) {  // a group of options
      add_options(*one, command);
    } else {
      command.commands.push_back(one->get_name());
      below.push_back(one);
    }
  }
  out.push_back(std::move(command));
  for (const CLI::App* one : below) add_command(*one, path + ' ' + one->get_name(), out);
}

}  // namespace

std::vector<HelpCommand> help_tree(const CLI::App& program) {
  std::vector<HelpCommand> tree;
  add_command(program, program.get_name(), tree);
  return tree;
}

}  // namespace latchkey::cli
