#pragma once

#include <string>

#include "latchkey/result.h"

namespace latchkey::server {

// check_private_directory refuses, with what to do about it, a directory that another user could
// change: one of another owner (root aside), or one that group or world may write to. Whoever can
// replace the key file decides who is logged in.
Result<void> check_private_directory(const std::string& directory);

// check_private_database refuses files of a SQLite database that others may read or write, if the
// directory lets others come to them.
Result<void> check_private_database(const std::string& directory, const std::string& database);

// exposed_ancestor returns the first directory on the way to `path` in which everybody may rename
// what is not theirs (world-writable without the sticky bit); empty if there is none.
std::string exposed_ancestor(const std::string& path);

}  // namespace latchkey::server
