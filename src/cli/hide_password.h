#pragma once

namespace latchkey::cli {

// hide_password overwrites the password of a URL, or after `password=`, in an argument of the
// command line, which everybody on the machine can read in /proc/PID/cmdline. It keeps the length.
void hide_password(char* argument) noexcept;

}  // namespace latchkey::cli
