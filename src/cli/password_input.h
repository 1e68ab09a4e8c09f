#pragma once

#include <string>

#include "latchkey/result.h"
#include "latchkey/secret.h"

namespace latchkey::cli {

// read_password reads a new password from `file`, where it is the one line there is; `-` is
// standard input. Without a file it asks twice on the terminal, without echo. bad_config when there
// is neither, with what to do about it. Whether the password is good enough is not judged here.
Result<SecretBytes> read_password(const std::string& file);

}  // namespace latchkey::cli
