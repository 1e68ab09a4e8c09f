#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace latchkey::server {

// split_base takes a public URL apart into what PublicUrl reads and a base path, which is empty
// without one. What can be none stays where it is, for PublicUrl to refuse.
std::pair<std::string, std::string> split_base(std::string_view url);

}  // namespace latchkey::server
