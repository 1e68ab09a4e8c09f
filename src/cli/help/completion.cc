#include <algorithm>
#include <set>

#include "cli/help/tree.h"

// All three scripts know the same: which words may come behind a command, and which options take
// the name of a file.
namespace latchkey::cli {
namespace {

std::string words_of(const HelpCommand& command) {
  std::string out;
  const auto add = [&](const std::string& word) {
    out.append(out.empty() ? "" : " ").append(word);
  };
  for (const std::string& name : command.commands) add(name);
  for (const HelpOption& option : command.options) {
    if (!option.flag.empty()) add(option.flag);
  }
  return out;
}

bool is_path(const HelpOption& option) { return option.value == "FILE" || option.value == "DIR"; }

// flags_of_paths joins the options that take a path, by `between`.
std::string flags_of_paths(const std::vector<HelpCommand>& tree, const char* between) {
  std::set<std::string> flags;
  for (const HelpCommand& command : tree) {
    for (const HelpOption& option : command.options) {
      if (is_path(option) && !option.flag.empty()) flags.insert(option.flag);
    }
  }
  std::string out;
  for (const std::string& flag : flags) out.append(out.empty() ? "" : between).append(flag);
  return out;
}

// cases are the arms of a shell's `case` that give the words behind each command.
std::string cases(const std::vector<HelpCommand>& tree) {
  std::string out;
  for (const HelpCommand& command : tree) {
    out.append("    \"").append(command.path).append("\") answers=\"");
    out.append(words_of(command)).append("\" ;;\n");
  }
  return out;
}

// known lists the commands below the program, for a `case` that finds out where the line stands.
std::string known(const std::vector<HelpCommand>& tree) {
  std::string out;
  for (std::size_t i = 1; i < tree.size(); ++i) {
    out.append(out.empty() ? "" : "|").append("\"").append(tree[i].path).append("\"");
  }
  return out;
}

std::string fish_text(std::string text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + '\'';
}

}  // namespace

std::string bash_completion(const std::vector<HelpCommand>& tree) {
  return "# Completion of latchkey for bash: source it, or put it where bash-completion looks.\n"
         "_latchkey() {\n"
         "  local current=\"${COMP_WORDS[COMP_CWORD]}\" at=latchkey word answers=\n"
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    case \"$at $word\" in\n    " +
         known(tree) +
         ") at=\"$at $word\" ;;\n    esac\n  done\n"
         "  case \"${COMP_WORDS[COMP_CWORD-1]}\" in\n    " +
         flags_of_paths(tree, "|") +
         ")\n      COMPREPLY=($(compgen -f -- \"$current\"))\n      return ;;\n  esac\n"
         "  case \"$at\" in\n" +
         cases(tree) +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$answers\" -- \"$current\"))\n"
         "}\n"
         "complete -o filenames -F _latchkey latchkey\n";
}

std::string zsh_completion(const std::vector<HelpCommand>& tree) {
  return "#compdef latchkey\n"
         "# Completion of latchkey for zsh: put it as _latchkey into a directory of $fpath.\n"
         "_latchkey() {\n"
         "  local at=latchkey word answers=\n"
         "  for word in ${words[2,CURRENT-1]}; do\n"
         "    case \"$at $word\" in\n    " +
         known(tree) +
         ") at=\"$at $word\" ;;\n    esac\n  done\n"
         "  case \"${words[CURRENT-1]}\" in\n    " +
         flags_of_paths(tree, "|") +
         ") _files; return ;;\n  esac\n"
         "  case \"$at\" in\n" +
         cases(tree) +
         "  esac\n"
         "  compadd -- ${(s: :)answers}\n"
         "}\n"
         "_latchkey \"$@\"\n";
}

std::string fish_completion(const std::vector<HelpCommand>& tree) {
  std::string out =
      "# Completion of latchkey for fish: put it as latchkey.fish into a directory of\n"
      "# $fish_complete_path.\n"
      "function __latchkey_at\n"
      "  set -l at latchkey\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    switch \"$at $word\"\n      case";
  for (std::size_t i = 1; i < tree.size(); ++i) out.append(" ").append(fish_text(tree[i].path));
  out +=
      "\n        set at \"$at $word\"\n    end\n  end\n  test \"$at\" = \"$argv[1]\"\nend\n"
      "complete -c latchkey -f\n";
  for (const HelpCommand& command : tree) {
    const std::string begin = "complete -c latchkey -n \"__latchkey_at '" + command.path + "'\"";
    for (const std::string& name : command.commands) {
      const auto below = std::find_if(tree.begin(), tree.end(), [&](const HelpCommand& one) {
        return one.path == command.path + ' ' + name;
      });
      out.append(begin).append(" -a ").append(name);
      out.append(" -d ").append(fish_text(below->text)).append("\n");
    }
    for (const HelpOption& option : command.options) {
      if (option.flag.empty()) continue;
      out.append(begin).append(" -l ").append(option.flag.substr(2));
      out.append(option.value.empty() ? "" : is_path(option) ? " -r -F" : " -x");
      out.append(" -d ").append(fish_text(option.text)).append("\n");
    }
  }
  return out;
}

}  // namespace latchkey::cli
