#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace latchkey::testing {

struct Ran {
  int code = -1;
  std::string out;
  std::string err;
};

// run starts the program with `args`, gives it `input`, and waits for its end.
Ran run(const std::vector<std::string>& args, std::string_view input = {},
        const std::vector<std::pair<std::string, std::string>>& environment = {});

// lines splits at line feeds; a line feed at the end makes no empty line.
std::vector<std::string> lines(std::string_view text);

}  // namespace latchkey::testing
