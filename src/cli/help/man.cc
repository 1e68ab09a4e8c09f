#include "cli/help/tree.h"

namespace latchkey::cli {
namespace {

// roff escapes text: a backslash is a command everywhere, a dot or quote only where a line begins.
std::string roff(const std::string& text) {
  std::string out;
  bool begin = true;
  for (const char c : text) {
    if (begin && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    begin = c == '\n';
  }
  return out;
}

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

void append_command(std::string& out, const HelpCommand& command) {
  out.append(".SH \"").append(upper(roff(command.path))).append("\"\n");
  out.append(roff(command.text)).append(".\n");
  for (const HelpOption& option : command.options) {
    out.append(".TP\n");
    if (!option.flag.empty()) out.append("\\fB").append(roff(option.flag)).append("\\fR");
    if (!option.value.empty()) {
      out.append(option.flag.empty() ? "\\fI" : " \\fI").append(roff(option.value)).append("\\fR");
    }
    out.append("\n").append(roff(option.text)).append("\n");
  }
  if (command.footer.empty()) return;
  out.append(".PP\n.nf\n").append(roff(command.footer)).append("\n.fi\n");
}

}  // namespace

std::string man_page(const std::vector<HelpCommand>& tree, const std::string& version) {
  std::string out = ".TH LATCHKEY 1 \"\" \"latchkey " + version + "\" \"\"\n.SH NAME\n";
  out.append("latchkey \\- ").append(roff(tree.front().text)).append("\n.SH SYNOPSIS\n");
  for (const std::string& name : tree.front().commands) {
    out.append(".br\n\\fBlatchkey ").append(roff(name)).append("\\fR ...\n");
  }
  for (std::size_t i = 1; i < tree.size(); ++i) append_command(out, tree[i]);
  out.append(
      ".SH \"EXIT STATUS\"\n0: done. 1: refused or failed. 2: the command line, a key or a file is "
      "not usable.\n");
  return out;
}

}  // namespace latchkey::cli
