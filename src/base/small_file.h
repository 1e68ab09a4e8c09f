#pragma once

#include <optional>
#include <string>

namespace latchkey {

// read_small_file returns the content of a file of at most 1 MiB, such as one with a secret.
// Returns nothing if it cannot be read or is larger. Leaves no other copy of the content behind.
std::optional<std::string> read_small_file(const std::string& path);

}  // namespace latchkey
