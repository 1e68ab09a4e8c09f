#pragma once

#include <string_view>

namespace latchkey::auth {

// kBrowserScript is latchkey.js beside this file, which CMake puts into the library.
extern constinit const std::string_view kBrowserScript;

}  // namespace latchkey::auth
