#include "cli/json_out.h"

#include <cstdio>
#include <string>

#include "http/api/session_json.h"

namespace latchkey::cli {
namespace {

void print_part(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

}  // namespace

JsonList::JsonList(std::string_view name) {
  print_part("{\"");
  print_part(name);
  print_part("\":[");
}

void JsonList::add(std::string_view json) {
  print_part(first_ ? "\n" : ",\n");
  first_ = false;
  print_part(json);
}

bool JsonList::end(std::string_view next) {
  print_part(first_ ? "]" : "\n]");
  if (!next.empty()) {
    std::string more = ",\"next\":";
    http::append_text(more, next);
    print_part(more);
  }
  print_part("}\n");
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
}

}  // namespace latchkey::cli
