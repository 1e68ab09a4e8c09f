#include "cli/report.h"

#include <cstdio>

namespace latchkey::cli {

int complain(int code, std::string_view text) {
  std::fprintf(stderr, "latchkey: %.*s\n", static_cast<int>(text.size()), text.data());
  return code;
}

bool put(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
         std::fputc('\n', stdout) != EOF && std::fflush(stdout) == 0;
}

}  // namespace latchkey::cli
