#pragma once

#include <string>
#include <utility>

#include "latchkey/result.h"

namespace latchkey {

// bad_config is the error of misuse: `text` says what to change.
inline Error bad_config(std::string text) { return {Errc::bad_config, std::move(text)}; }

}  // namespace latchkey
