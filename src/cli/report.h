#pragma once

#include <string_view>

namespace latchkey::cli {

// complain prints one line on standard error and returns `code`, to be returned in turn.
int complain(int code, std::string_view text);

// put prints `text` and a line feed on standard output; false when it could not be written.
bool put(std::string_view text);

}  // namespace latchkey::cli
