#pragma once

#include <memory>

#include "latchkey/pepper.h"
#include "server/settings/config.h"

namespace latchkey::server {

// read_peppers reads password.pepper_file, which only its owner may read; nullptr when it is not
// set.
Result<std::shared_ptr<const Peppers>> read_peppers(const Config& config);

}  // namespace latchkey::server
