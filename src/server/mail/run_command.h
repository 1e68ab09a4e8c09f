#pragma once

#include <span>
#include <string>
#include <string_view>

#include "latchkey/result.h"
#include "latchkey/time.h"

namespace latchkey::server {

// run_command runs a program without a shell: `command` is its path and its arguments, `input` its
// standard input; what it writes is thrown away. It gets our environment without the LATCHKEY_
// variables, which may hold secrets. After `timeout` it is killed with all that it has started.
// An Error (Errc::unsupported) tells how it ended unless that was by exit code 0.
Result<void> run_command(std::span<const std::string> command, std::string_view input,
                         Millis timeout);

}  // namespace latchkey::server
